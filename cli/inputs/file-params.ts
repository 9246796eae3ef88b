import { createHash } from 'node:crypto';
import { createReadStream, openAsBlob } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { DroverClient } from '#shared/client/client.ts';
import { AppError, messageOf } from '#shared/errors/app-error.ts';
import { isFileName, maxFileBytes } from '#shared/files/file-value.ts';
import type { Param, ParamValues } from '#shared/model/job.ts';

/** What uploading files needs. */
export interface UploadDeps {
  readonly client: () => Promise<Pick<DroverClient, 'offerFile' | 'completeFile'>>;
  readonly fetch: typeof fetch;
}

type Declared = Readonly<Record<string, Pick<Param, 'type'>>>;

const isGivenFile = (value: unknown): value is string => typeof value === 'string' && value.startsWith('@');

/** True when a value may be the path of a file, for which the job must be known. */
export const mayNameFile = (given: ParamValues): boolean => Object.values(given).some(isGivenFile);

const describe = async (path: string): Promise<{ readonly name: string; readonly bytes: number }> => {
  const name = basename(path).normalize('NFC');
  const found = await stat(path).catch((cause: unknown) => {
    throw new AppError('params.invalid', `Cannot read ${path}: ${messageOf(cause)}`, { cause });
  });
  if (!found.isFile()) throw new AppError('params.invalid', `${path} is not a file`);
  if (found.size > maxFileBytes)
    throw new AppError('params.invalid', `${path} has ${found.size} bytes; a file may have ${maxFileBytes} (100 MiB)`, {
      hint: 'Put it where the nodes can fetch it, and give the job its address.',
    });
  if (!isFileName(name))
    throw new AppError('params.invalid', `A file on nodes cannot be called '${name}'`, { hint: 'Rename it.' });
  return { name, bytes: found.size };
};

const digestOf = async (path: string): Promise<string> => {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  return hash.digest('hex');
};

const upload = async ({ client, fetch }: UploadDeps, path: string): Promise<string> => {
  const { name, bytes } = await describe(path);
  const sha256 = await digestOf(path);
  const api = await client();
  const { url, fields } = await api.offerFile({ name, sha256, bytes });
  const form = new FormData();
  for (const [field, value] of Object.entries(fields)) form.set(field, value);
  form.set('file', await openAsBlob(path), 'file');
  const answer = await fetch(url, { method: 'POST', body: form }).catch((cause: unknown) => {
    throw new AppError('service.unreachable', `${path} could not be uploaded: ${messageOf(cause)}`, { cause });
  });
  await answer.arrayBuffer();
  if (!answer.ok)
    throw new AppError('service.protocol', `${path} could not be uploaded: the storage answered ${answer.status}`);
  return (await api.completeFile(sha256, { name })).value;
};

/**
 * Values with the files in place of their paths: `@./cert.pem` of a param of type file is uploaded. Other params keep an `@` at their beginning.
 * @throws AppError `params.invalid` for what is no file or too large, `service.*`, `file.*`
 */
export const withUploadedFiles = async (
  deps: UploadDeps,
  declared: Declared,
  given: ParamValues,
): Promise<ParamValues> => {
  const values = { ...given };
  for (const [name, value] of Object.entries(given))
    if (declared[name]?.type === 'file' && isGivenFile(value)) values[name] = await upload(deps, value.slice(1));
  return values;
};
