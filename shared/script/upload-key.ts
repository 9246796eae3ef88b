import type { UploadForm } from '../ports/services.ts';
import { fenceName } from './fence.ts';

/** One of the two streams of a script. */
export const streams = ['stdout', 'stderr'] as const;
export type Stream = (typeof streams)[number];

/** What a node uploaded for one stream. */
export interface UploadedStream {
  /** True when it compressed the bytes (gzip). */
  readonly gzip: boolean;
  /** Of the bytes that the script printed, in hexadecimal; null where the node had nothing to compute it with. */
  readonly sha256: string | null;
}

/** Under this blobs of one sending lie, and a form for uploading is given for this. */
export const uploadPrefix = (runId: string, fence: string): string => `output/${runId}/${fenceName(fence)}/`;

/** Where the wrapper puts a stream of one node. */
export const uploadKey = (
  place: {
    readonly runId: string;
    readonly fence: string;
    readonly instanceId: string;
    readonly nodeKey?: string | undefined;
  },
  stream: Stream,
  gzip: boolean,
): string => {
  const own = fenceName(place.fence, place.nodeKey).slice(fenceName(place.fence).length);
  const ending = stream === 'stdout' ? 'o' : 'e';
  return `${uploadPrefix(place.runId, place.fence)}${place.instanceId}${own}.${ending}${gzip ? '.gz' : ''}`;
};

/** A value of the form that is so long is in the script once, and put into the policy on the node: a session token is most of both. */
const longValueBytes = 100;

/** The fields of a form: the one that is long, and the others. */
export const formFields = ({
  fields,
}: UploadForm): {
  readonly long: readonly [string, string] | undefined;
  readonly short: readonly (readonly [string, string])[];
} => {
  const long = Object.entries(fields).find(([, value]) => value.length >= longValueBytes);
  return { long, short: Object.entries(fields).filter(([name]) => name !== long?.[0]) };
};
