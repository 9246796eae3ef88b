import { createHash } from 'node:crypto';
import { createReadStream, openAsBlob } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { DroverClient } from '#shared/client/client.ts';
import { checkFile, type FileFacts, sendFile } from '#shared/client/send-file.ts';
import { AppError, messageOf } from '#shared/errors/app-error.ts';
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

const describe = async (path: string): Promise<FileFacts> => {
  const name = basename(path).normalize('NFC');
  const found = await stat(path).catch((cause: unknown) => {
    throw new AppError('params.invalid', `Cannot read ${path}: ${messageOf(cause)}`, { cause });
  });
  if (!found.isFile()) throw new AppError('params.invalid', `${path} is not a file`);
  checkFile({ name, bytes: found.size }, path);
  return { name, bytes: found.size };
};

const digestOf = async (path: string): Promise<string> => {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  return hash.digest('hex');
};

const upload = async ({ client, fetch }: UploadDeps, path: string): Promise<string> => {
  const facts = await describe(path);
  const file = { ...facts, sha256: await digestOf(path), content: () => openAsBlob(path) };
  return sendFile({ client: await client(), fetch }, file, path);
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
