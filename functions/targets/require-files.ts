import { AppError } from '#shared/errors/app-error.ts';
import { fileParams } from '#shared/files/file-params.ts';
import { fileKey, fileMark } from '#shared/files/file-value.ts';
import type { Job, ParamValues } from '#shared/model/job.ts';
import type { Blobs } from '#shared/ports/services.ts';

/**
 * Sees that the files of a run are there, as they were compared with their digests.
 * @throws AppError `file.not-found`
 */
export const requireFiles = async (
  { blobs }: { readonly blobs: Pick<Blobs, 'size'> },
  job: Job,
  params: ParamValues,
): Promise<void> => {
  for (const { param, sha256, name } of fileParams(job, params)) {
    const sizes = await Promise.all([blobs.size(fileMark(sha256)), blobs.size(fileKey(sha256))]);
    if (sizes.includes(undefined))
      throw new AppError(
        'file.not-found',
        `The file '${name}' (param '${param}') was not uploaded, or is kept no more`,
        {
          hint: `Give it with --param ${param}=@path; over HTTP: POST /v1/files.`,
          places: [{ path: `/params/${param}`, message: 'names a file that is not there' }],
        },
      );
  }
};
