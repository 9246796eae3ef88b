import type { LibraryWriter, Tagged } from '#functions/api/services.ts';
import { type ChangingStore, changeLibrary, etagOf } from '#functions/records/change-library.ts';
import { type LibraryReadDeps, putContent } from '#functions/records/library.ts';
import { describedBy, jobView } from '#functions/records/library-views.ts';
import type { ApplyJobRequest } from '#shared/contract/library-requests.ts';
import type { JobApplied } from '#shared/contract/library-views.ts';
import { AppError } from '#shared/errors/app-error.ts';
import { parseJob } from '#shared/job/parse-job.ts';
import { shortForm } from '#shared/job/short-form.ts';
import { jobSchema } from '#shared/model/job.ts';
import { type Clock, type Log, nowIso } from '#shared/ports/services.ts';

/** What applying a job needs. */
export interface ApplyJobDeps extends LibraryReadDeps {
  readonly store: LibraryReadDeps['store'] & ChangingStore;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Makes a job what its file says: a new revision, unless the latest one says the same. The commands it uses are looked up when it is planned
 * or run, not here.
 * @throws AppError `job.invalid`, `request.invalid` when the name is another one, `precondition.failed`
 */
export const applyJob =
  (deps: ApplyJobDeps) =>
  async (name: string, request: ApplyJobRequest, writer: LibraryWriter): Promise<Tagged<JobApplied>> => {
    const job = parseJob(request.job);
    if (job.metadata.name !== name)
      throw new AppError('request.invalid', `The job's name is '${job.metadata.name}', not '${name}'`, {
        places: [{ path: '/job/metadata/name', message: `must be '${name}', as in the path of the request` }],
      });
    const digest = await putContent(deps.libraryBlobs, 'job', shortForm(jobSchema, job));
    const { latest, created } = await changeLibrary(deps.store, { kind: 'job', name }, writer, (before) =>
      before?.action === 'put' && before.digest === digest
        ? undefined
        : {
            action: 'put',
            digest,
            actor: writer.actor,
            at: nowIso(deps.clock),
            ...(request.comment === undefined ? {} : { comment: request.comment }),
            ...describedBy(job.metadata),
          },
    );
    if (created) deps.log.info('job.applied', { name, revision: latest.change, actor: writer.actor });
    return { view: { ...jobView({ revision: latest, latest, job }), created }, etag: etagOf(latest) };
  };
