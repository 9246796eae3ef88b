import * as z from 'zod';
import type { Fields } from './fields.ts';
import type { Findings } from './findings.ts';
import { jsonText } from './source-text.ts';

const contextSchema = z.record(z.string(), z.json());
/** What a caller gave to have it echoed in every event. */
export type ContextValues = z.infer<typeof contextSchema>;

/** Reads `passThroughEnv`, an opaque object that the old system echoed in every callback. */
export const readContext = (job: Fields, findings: Findings): ContextValues | undefined => {
  const value = job.get('passThroughEnv');
  if (value === undefined) return undefined;
  if (value.kind !== 'map') {
    findings.invalid(value.place, 'must be an object ({…})');
    return undefined;
  }
  findings.notice(value.place.path, 'is the context of the run now; it is given when the job is run, not in the job');
  return contextSchema.parse(JSON.parse(jsonText(value)));
};
