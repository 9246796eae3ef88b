import { isAppError } from '../errors/app-error.ts';
import type { Reference } from '../expression/references.ts';
import { parseTemplate } from '../expression/template.ts';
import type { Job } from '../model/job.ts';
import type { Finding } from './finding.ts';

/** Why a concurrency key cannot be made of something: it must be known before the run, and the same for all that are to share it. */
const complain = (reference: Reference): string | undefined => {
  if (reference.kind === 'node') return 'a concurrency key is one for the whole run, so it cannot depend on a node';
  if (reference.kind === 'run' && reference.name !== 'job')
    return `run.${reference.name} differs from run to run, so no two runs would share the key`;
  return undefined;
};

/** What the schema cannot say about concurrency: what its key may be made of. Whether it parses is checked with all other templates. */
export const checkLocks = ({ spec }: Job): readonly Finding[] => {
  const { key } = spec.concurrency ?? {};
  if (key === undefined) return [];
  try {
    return parseTemplate(key).references.flatMap((reference) => {
      const message = complain(reference);
      if (message === undefined) return [];
      return [
        {
          path: ['spec', 'concurrency', 'key'],
          offset: reference.offset,
          message,
          suggestion: 'Use params and run.job.',
        },
      ];
    });
  } catch (error) {
    if (isAppError(error, 'expression.')) return [];
    throw error;
  }
};
