import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AccessDenied, checkForm, localBucket } from '#local/blobs/blob-access.ts';
import { readForm } from '#local/blobs/upload-form.ts';

/** S3 as far as blobs use it: path style, one bucket named `blobs`, objects in memory. Signatures of forms are checked, those of calls are not. */
export interface S3Endpoint {
  readonly url: string;
  /** Objects by key. */
  readonly objects: ReadonlyMap<string, Buffer>;
  readonly credentials: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken: string;
  };
  stop(): Promise<void>;
}

const bodyOf = async (request: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
};

/** A body in the SDK's own chunks (`aws-chunked`), or as it is. */
const unchunked = (body: Buffer, encoding: string | undefined): Buffer => {
  if (encoding === undefined) return body;
  const parts: Buffer[] = [];
  for (let at = 0; ; ) {
    const end = body.indexOf('\r\n', at);
    const size = Number.parseInt(body.subarray(at, end).toString(), 16);
    if (!(size > 0)) return Buffer.concat(parts);
    parts.push(body.subarray(end + 2, end + 2 + size));
    at = end + 2 + size + 2;
  }
};

const refuse = (response: ServerResponse, status: number, code: string): void => {
  response.writeHead(status, { 'content-type': 'application/xml', connection: 'close' });
  response.end(`<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`);
};

const send = (
  request: IncomingMessage,
  response: ServerResponse,
  { object, url }: { object: Buffer; url: URL },
): void => {
  const headers: Record<string, string> = {};
  for (const name of ['content-type', 'content-encoding', 'content-disposition']) {
    const wanted = url.searchParams.get(`response-${name}`);
    if (wanted !== null) headers[name] = wanted;
  }
  const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
  if (range === null) {
    response.writeHead(200, { ...headers, 'content-length': object.length });
    response.end(request.method === 'HEAD' ? undefined : object);
    return;
  }
  const start = Number(range[1]);
  if (start >= object.length) {
    refuse(response, 416, 'InvalidRange');
    return;
  }
  const part = object.subarray(start, range[2] === '' ? undefined : Number(range[2]) + 1);
  const contentRange = `bytes ${start}-${start + part.length - 1}/${object.length}`;
  response.writeHead(206, { ...headers, 'content-length': part.length, 'content-range': contentRange });
  response.end(part);
};

/** At most two objects on a page, so that there are several. */
const listing = (objects: ReadonlyMap<string, Buffer>, prefix: string): string => {
  const found = [...objects.keys()].filter((key) => key.startsWith(prefix)).slice(0, 2);
  const contents = found.map((key) => `<Contents><Key>${key}</Key></Contents>`).join('');
  return `<ListBucketResult><KeyCount>${found.length}</KeyCount>${contents}</ListBucketResult>`;
};

/** Starts one. */
export const startS3Endpoint = async (): Promise<S3Endpoint> => {
  const objects = new Map<string, Buffer>();
  const credentials = { accessKeyId: 'AKIALOCAL', secretAccessKey: 'secret', sessionToken: 'T0ken/+='.repeat(110) };
  const access = { url: '', secret: credentials.secretAccessKey, now: Date.now };
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://s3');
    const key = decodeURIComponent(url.pathname.slice(`/${localBucket}/`.length));
    if (request.method === 'POST' && url.searchParams.has('delete')) {
      const body = (await bodyOf(request)).toString();
      for (const [, name = ''] of body.matchAll(/<Key>(.*?)<\/Key>/g)) objects.delete(name);
      response.writeHead(200, { 'content-type': 'application/xml' }).end('<DeleteResult/>');
      return;
    }
    if (request.method === 'GET' && url.searchParams.get('list-type') === '2') {
      response
        .writeHead(200, { 'content-type': 'application/xml' })
        .end(listing(objects, url.searchParams.get('prefix') ?? ''));
      return;
    }
    if (request.method === 'POST') {
      const form = await readForm(request.headers['content-type'] ?? '', request);
      const { key: posted, maxBytes } = checkForm(access, form.fields);
      const parts: Buffer[] = [];
      for await (const part of form.file) parts.push(part);
      const file = Buffer.concat(parts);
      if (file.length > maxBytes) throw new AccessDenied('EntityTooLarge', 'too large', 400);
      objects.set(posted, file);
      response.writeHead(204).end();
      return;
    }
    if (request.method === 'PUT') {
      objects.set(key, unchunked(await bodyOf(request), request.headers['x-amz-decoded-content-length']?.toString()));
      response.writeHead(200).end();
      return;
    }
    const object = objects.get(key);
    if (object === undefined) refuse(response, 404, 'NoSuchKey');
    else send(request, response, { object, url });
  };
  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => {
      const { status, code } = error instanceof AccessDenied ? error : { status: 500, code: 'InternalError' };
      refuse(response, status, code);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    objects,
    credentials,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
