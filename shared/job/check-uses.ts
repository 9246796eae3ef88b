import { isReference, readCommandReference } from '../library/command-reference.ts';
import type { Job } from '../model/job.ts';
import type { WrittenOperation } from '../model/operation.ts';
import type { Finding, Path } from './finding.ts';
import { operationSites } from './job-outline.ts';

const commandKey = (path: Path, key: string): Finding => ({
  path: [...path, key],
  message: `'${key}' belongs to the command that is used`,
  suggestion: key === 'args' ? "Give the command its arguments under 'with'." : 'Take it away here.',
  atKey: true,
});

/** What schemas fill in, so that only other values tell that somebody wrote them. */
const checkUse = (path: Path, { use = '', interpreter, args, outputs }: WrittenOperation): readonly Finding[] => {
  const reading = readCommandReference(use);
  return [
    ...(isReference(reading) ? [] : [{ path: [...path, 'use'], ...reading }]),
    ...(interpreter === 'sh' ? [] : [commandKey(path, 'interpreter')]),
    ...(args.length === 0 ? [] : [commandKey(path, 'args')]),
    ...(Object.keys(outputs).length === 0 ? [] : [commandKey(path, 'outputs')]),
  ];
};

/** That uses name commands, and leave to them what is theirs. Whether there is such a command is known only where the library is. */
export const checkUses = (job: Job): readonly Finding[] =>
  operationSites(job).flatMap(({ path, operation }) => (operation.use === undefined ? [] : checkUse(path, operation)));
