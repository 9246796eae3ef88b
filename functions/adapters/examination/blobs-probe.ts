import type { Probe } from '#shared/ports/examination.ts';
import type { Blobs } from '#shared/ports/services.ts';

/** Blob that is written and read to see whether that can be done; it ends by its age like any other. */
const probeKey = 'examination/probe';
const probeText = 'Written by an examination of the deployment.\n';

/** Writes a small blob and reads it again. */
export const blobsProbe = (blobs: Pick<Blobs, 'put' | 'get'>, needs: string): Probe => ({
  check: 'blobs',
  needs,
  look: async () => {
    await blobs.put(probeKey, new TextEncoder().encode(probeText));
    const read = new TextDecoder().decode(await blobs.get(probeKey));
    if (read === probeText) return { status: 'ok', says: 'A blob was written and read' };
    return { status: 'problem', says: 'A blob is not what was written', advice: 'See who else writes to the bucket.' };
  },
});
