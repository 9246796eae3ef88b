import { randomBytes } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import * as z from 'zod';
import { AccessDenied, type BlobAccess, checkForm, checkRead, localBucket } from './blob-access.ts';
import { type BlobFolder, openBlobFolder } from './blob-folder.ts';
import { answerPreflight, openToPages } from './cross-origin.ts';
import { readForm } from './upload-form.ts';

/** A running server in front of a folder of blobs. */
export interface BlobServer {
  readonly access: BlobAccess;
  close(): Promise<void>;
}

const stateSchema = z.strictObject({ port: z.int(), secret: z.string().min(32) });

/** The port and the secret of an earlier start: forms that nodes have in hand stay valid when the server starts again. */
const readState = async (file: string): Promise<z.infer<typeof stateSchema>> => {
  try {
    return stateSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    // None yet, or a damaged one: forms given out before are worthless then, and the outputs say that they are cut.
    return { port: 0, secret: randomBytes(32).toString('base64url') };
  }
};

const listen = (server: Server, port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : port);
    });
  });

/** The port of before, or any when another process has it now. */
const listenAgain = async (server: Server, port: number): Promise<number> => {
  try {
    return await listen(server, port);
  } catch (error) {
    if (port === 0) throw error;
    return listen(server, 0);
  }
};

async function* atMost(chunks: AsyncIterable<Buffer>, maxBytes: number): AsyncGenerator<Buffer> {
  let size = 0;
  for await (const chunk of chunks) {
    size += chunk.length;
    if (size > maxBytes) throw new AccessDenied('EntityTooLarge', 'Your proposed upload is too large.', 400);
    yield chunk;
  }
}

const takeUpload = async (folder: BlobFolder, access: BlobAccess, request: IncomingMessage): Promise<void> => {
  const form = await readForm(request.headers['content-type'] ?? '', request);
  const { key, maxBytes } = checkForm(access, form.fields);
  await folder.writeStream(key, atMost(form.file, maxBytes));
};

const giveBlob = async (
  folder: BlobFolder,
  access: BlobAccess,
  { url, response }: { readonly url: URL; readonly response: ServerResponse },
): Promise<void> => {
  const { key, gzip, fileName } = checkRead(access, url);
  const size = await folder.size(key);
  if (size === undefined) throw new AccessDenied('NoSuchKey', 'The specified key does not exist.', 404);
  response.writeHead(200, {
    ...openToPages,
    'content-type': 'text/plain; charset=utf-8',
    'content-length': size,
    'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(fileName)}`,
    ...(gzip ? { 'content-encoding': 'gzip' } : {}),
  });
  await pipeline(folder.stream(key, 0), response);
};

const refuse = (response: ServerResponse, error: unknown): void => {
  const { status, code, message } =
    error instanceof AccessDenied ? error : { status: 500, code: 'InternalError', message: 'It could not be done.' };
  if (response.headersSent) {
    response.destroy();
    return;
  }
  // Whatever of the request is still to come is not read.
  response.writeHead(status, { ...openToPages, 'content-type': 'application/xml', connection: 'close' });
  response.end(
    `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`,
  );
};

const serve = async (
  folder: BlobFolder,
  access: BlobAccess,
  { request, response }: { readonly request: IncomingMessage; readonly response: ServerResponse },
): Promise<void> => {
  const url = new URL(request.url ?? '/', access.url);
  if (request.method === 'POST' && url.pathname === `/${localBucket}`) {
    await takeUpload(folder, access, request);
    response.writeHead(204, openToPages).end();
    return;
  }
  if (request.method === 'OPTIONS') {
    const { status, headers } = answerPreflight(request.headers);
    response.writeHead(status, headers).end();
    return;
  }
  if (request.method !== 'GET') throw new AccessDenied('MethodNotAllowed', 'This is not possible here.', 405);
  await giveBlob(folder, access, { url, response });
};

/**
 * Serves a folder of blobs on the loopback: uploads by a signed form, as S3 takes them, and reads by a signed address, both with an expiry.
 * `stateFile` keeps its port and its secret (mode 0600).
 */
export const startBlobServer = async ({
  dir,
  stateFile,
  now,
}: {
  readonly dir: string;
  readonly stateFile: string;
  readonly now: () => number;
}): Promise<BlobServer> => {
  const folder = openBlobFolder(dir);
  const state = await readState(stateFile);
  let access: BlobAccess = { url: '', secret: state.secret, now };
  const server = createServer((request, response) => {
    serve(folder, access, { request, response }).catch((error: unknown) => refuse(response, error));
  });
  const port = await listenAgain(server, state.port);
  access = { ...access, url: `http://127.0.0.1:${port}` };
  await writeFile(`${stateFile}.part`, JSON.stringify({ port, secret: state.secret }), { mode: 0o600 });
  await rename(`${stateFile}.part`, stateFile);
  return {
    access,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
