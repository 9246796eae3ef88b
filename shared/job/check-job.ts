import type { Job } from '../model/job.ts';
import { checkActions } from './check-actions.ts';
import { checkGroups } from './check-groups.ts';
import { checkLocks } from './check-locks.ts';
import { checkNames } from './check-names.ts';
import { checkOperations } from './check-operations.ts';
import { checkParams } from './check-params.ts';
import { checkReferences } from './check-references.ts';
import { checkSecrets } from './check-secrets.ts';
import { checkUses } from './check-uses.ts';
import type { Finding } from './finding.ts';

/**
 * Everything that is wrong with a job that its schema cannot say: names used twice, keys that contradict each other, templates and
 * conditions that do not parse, references to what does not exist or has no value there. Empty when the job can be run.
 */
export const checkJob = (job: Job): readonly Finding[] => [
  ...checkParams(job),
  ...checkNames(job),
  ...checkGroups(job),
  ...checkActions(job),
  ...checkUses(job),
  ...checkOperations(job),
  ...checkLocks(job),
  ...checkReferences(job),
  ...checkSecrets(job),
];
