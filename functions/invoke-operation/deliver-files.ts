import { AppError } from '#shared/errors/app-error.ts';
import { fileParams, filesIn } from '#shared/files/file-params.ts';
import { fileKey, formatFileValue, maxFiles } from '#shared/files/file-value.ts';
import type { Job, ParamValues } from '#shared/model/job.ts';
import type { Blobs } from '#shared/ports/services.ts';
import { fileSeconds } from '#shared/script/search-paths.ts';
import type { WrapperFile } from '#shared/script/wrapper.ts';
import { fetchGraceSeconds } from './deliver-secrets.ts';
import type { Recipient } from './render-script.ts';

/** Which files go with a sending. */
export interface FileDelivery {
  readonly job: Job;
  readonly params: ParamValues;
  readonly recipients: readonly Recipient[];
  /** Seconds from now in which the agent may take the operation. */
  readonly deliverySeconds: number;
}

const textsOf = ({ call }: Recipient): readonly string[] => [
  ...Object.values(call.env),
  ...Object.values(call.secretEnv)
    .flat()
    .filter((part) => typeof part === 'string'),
  ...call.args,
];

/**
 * The files of the run that an operation's variables and arguments name, each with an address that holds for some minutes.
 * @throws AppError `file.not-found` when its content is there no more, `file.unsupported`, `plan.limit-exceeded` for more than 8
 */
export const deliverFiles = async (
  { blobs }: { readonly blobs: Pick<Blobs, 'size' | 'addressOf'> },
  { job, params, recipients, deliverySeconds }: FileDelivery,
): Promise<readonly WrapperFile[]> => {
  const given = fileParams(job, params);
  if (given.length === 0) return [];
  const used = filesIn(given, recipients.flatMap(textsOf));
  if (used.length > maxFiles)
    throw new AppError('file.unsupported', `It uses ${used.length} files; an operation takes ${maxFiles}`);
  return Promise.all(
    used.map(async ({ param, sha256, name }) => {
      const key = fileKey(sha256);
      if ((await blobs.size(key)) === undefined)
        throw new AppError('file.not-found', `The content of '${name}' (param '${param}') is kept no more`);
      const expiresSeconds = deliverySeconds + fetchGraceSeconds + fileSeconds;
      const url = await blobs.addressOf(key, { expiresSeconds, gzip: false, fileName: 'file' });
      if (url === undefined)
        throw new AppError(
          'file.unsupported',
          'Nodes cannot reach the blobs of this server, so it cannot hand files to them',
        );
      return { value: formatFileValue({ sha256, name }), name, sha256, url };
    }),
  );
};
