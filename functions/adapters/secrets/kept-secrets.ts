import type { Clock } from '#shared/ports/services.ts';
import { formatReference } from '#shared/secrets/reference.ts';
import type { SecretSource } from './secret-source.ts';

/** Batches of one operation are sent within seconds, each by itself; a value that was changed is taken up as soon after. */
const keptMs = 10_000;

/** Asks a source once in ten seconds for each secret. A failure is not kept: the next one to ask tries again. */
export const keptSecrets = (source: SecretSource, clock: Clock): SecretSource => {
  const kept = new Map<string, { readonly value: Promise<string>; readonly untilMs: number }>();
  return {
    ...source,
    fetch: (reference) => {
      const now = clock.now();
      for (const [name, { untilMs }] of kept) if (untilMs <= now) kept.delete(name);
      const name = formatReference(reference);
      const known = kept.get(name);
      if (known !== undefined) return known.value;
      const entry = { value: source.fetch(reference), untilMs: now + keptMs };
      kept.set(name, entry);
      entry.value.catch(() => {
        if (kept.get(name) === entry) kept.delete(name);
      });
      return entry.value;
    },
  };
};
