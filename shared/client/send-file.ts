import { AppError, messageOf } from '../errors/app-error.ts';
import { isFileName, maxFileBytes } from '../files/file-value.ts';
import type { DroverClient } from './client.ts';

/** What a file that a run is to be given is called, and how large it is. */
export interface FileFacts {
  readonly name: string;
  readonly bytes: number;
}

/** A file, and the digest of its bytes in hexadecimal. */
export interface FileToSend extends FileFacts {
  readonly sha256: string;
  readonly content: () => Promise<Blob>;
}

/** What sending needs. `fetch` carries no proof of who calls: the form has its own. */
export interface SendFileDeps {
  readonly client: Pick<DroverClient, 'offerFile' | 'completeFile'>;
  readonly fetch: typeof fetch;
}

/**
 * Refuses what no run takes, before its bytes are read. `shown` is what the user calls it.
 * @throws AppError `params.invalid`
 */
export const checkFile = ({ name, bytes }: FileFacts, shown: string = name): void => {
  if (bytes > maxFileBytes)
    throw new AppError('params.invalid', `${shown} has ${bytes} bytes; a file may have ${maxFileBytes} (100 MiB)`, {
      hint: 'Put it where the nodes can fetch it, and give the job its address.',
    });
  if (!isFileName(name))
    throw new AppError('params.invalid', `A file on nodes cannot be called '${name}'`, { hint: 'Rename it.' });
};

/**
 * Sends a file past the API to the blobs, and answers the value of a param of type file. Sending the same bytes again does no harm.
 * @throws AppError `service.*`, `file.*`
 */
export const sendFile = async (
  { client, fetch }: SendFileDeps,
  { name, bytes, sha256, content }: FileToSend,
  shown: string = name,
): Promise<string> => {
  const { url, fields } = await client.offerFile({ name, sha256, bytes });
  const form = new FormData();
  for (const [field, value] of Object.entries(fields)) form.set(field, value);
  form.set('file', await content(), 'file');
  const answer = await fetch(url, { method: 'POST', body: form }).catch((cause: unknown) => {
    throw new AppError('service.unreachable', `${shown} could not be uploaded: ${messageOf(cause)}`, { cause });
  });
  await answer.arrayBuffer();
  if (!answer.ok)
    throw new AppError('service.protocol', `${shown} could not be uploaded: the storage answered ${answer.status}`);
  return (await client.completeFile(sha256, { name })).value;
};
