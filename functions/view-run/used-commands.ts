import type { UsedCommand } from '#shared/contract/run-views.ts';
import { operationSites } from '#shared/job/job-outline.ts';
import type { Job } from '#shared/model/job.ts';

/** The commands of a job, in the order in which its operations use them. */
export const usedCommandsOf = (job: Job): readonly UsedCommand[] => {
  const used = new Map<string, UsedCommand>();
  for (const { operation } of operationSites(job)) {
    const { command, id } = operation;
    if (command === undefined) continue;
    const { name, version } = command;
    const known = used.get(`${name}@${version}`)?.operations ?? [];
    const libraries = command.libraries.map((library) => ({ name: library.name, version: library.version }));
    used.set(`${name}@${version}`, { name, version, libraries, operations: [...known, id] });
  }
  return [...used.values()];
};
