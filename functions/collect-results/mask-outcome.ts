import type { Masker } from '#functions/records/masker-of.ts';
import type { Outcome } from '#shared/model/outcome.ts';

const maskValues = (masker: Masker, values: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [masker(name), masker(value)]));

/** An outcome that shows no secrets, before anything of it is kept. */
export const maskOutcome = (masker: Masker, outcome: Outcome): Outcome => ({
  ...outcome,
  reason: outcome.reason === null ? null : masker(outcome.reason),
  stdout: masker(outcome.stdout),
  stderr: masker(outcome.stderr),
  outputs: maskValues(masker, outcome.outputs),
});
