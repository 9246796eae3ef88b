import type { CommandView, JobView } from '#shared/contract/library-views.ts';
import { documentSchema } from '#shared/contract/library-views.ts';
import { shortForm } from '#shared/job/short-form.ts';
import { storedSpec } from '#shared/library/command-document.ts';
import { jobSchema } from '#shared/model/job.ts';
import type { LibraryChange } from '#shared/model/library.ts';
import type { StoredCommand, StoredJob } from './library.ts';

/** Only what is there, so that JSON has no empty fields. */
export const describedBy = ({ description, labels }: Pick<LibraryChange, 'description' | 'labels'>) => ({
  ...(description === undefined ? {} : { description }),
  ...(labels === undefined ? {} : { labels }),
});

/** Who made a change, when and why. */
export const changedBy = ({ actor, at, comment }: Pick<LibraryChange, 'actor' | 'at' | 'comment'>) => ({
  actor,
  at,
  ...(comment === undefined ? {} : { comment }),
});

/** A version of a command for callers. */
export const commandView = ({ name, record, latest, spec }: StoredCommand): CommandView => ({
  name,
  version: record.version,
  latest: latest.action === 'put' && latest.digest === record.version,
  removed: latest.action === 'remove',
  actor: record.actor,
  at: record.createdAt,
  changed: changedBy(latest),
  command: documentSchema.parse({
    apiVersion: 'drover/v1',
    kind: 'Command',
    metadata: { name, ...describedBy(latest) },
    spec: storedSpec(spec),
  }),
});

/** A revision of a job for callers. */
export const jobView = ({ revision, latest, job }: StoredJob): JobView => ({
  name: revision.name,
  revision: revision.change,
  digest: revision.digest,
  latest: latest.change === revision.change,
  removed: latest.action === 'remove',
  ...changedBy(revision),
  job: documentSchema.parse(shortForm(jobSchema, job)),
});
