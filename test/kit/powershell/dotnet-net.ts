import { writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { callOf, type Statics } from './dotnet-io.ts';
import { integerOf, type NetObject, NotKnown, PsError, textOf } from './values.ts';

/** A WebException inside of what PowerShell throws for a failing method. */
class WebError extends PsError {
  readonly status: number | undefined;
  constructor(message: string, status?: number) {
    super(message);
    this.status = status;
  }
}

/** `$_` of a `catch`, as far as the wrapper looks into it. */
export const errorRecord = (error: PsError): NetObject => {
  const status = error instanceof WebError ? error.status : undefined;
  const response: NetObject | null =
    status === undefined ? null : { type: 'HttpWebResponse', get: (name) => (name === 'statuscode' ? status : null) };
  const inner: NetObject = { type: 'WebException', get: (name) => (name === 'response' ? response : null) };
  const exception: NetObject = {
    type: 'MethodInvocationException',
    get: (name) => (name === 'innerexception' && error instanceof WebError ? inner : null),
  };
  return { type: 'ErrorRecord', get: (name) => (name === 'exception' ? exception : null) };
};

/** System.Net.HttpWebRequest: GET, and POST of a body of a known length. */
export const webRequest = (url: unknown): NetObject => {
  const fields = new Map<string, unknown>([
    ['method', 'GET'],
    ['timeout', 100_000],
  ]);
  const chunks: Buffer[] = [];
  let aborted = false;
  const length = (): number => chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  const requireWhole = (): void => {
    if (aborted || length() !== integerOf(fields.get('contentlength'))) throw new WebError('The request was aborted.');
  };
  const stream: NetObject = {
    type: 'Stream',
    call: (name, [bytes, from, count]) =>
      callOf(
        {
          write: () => {
            if (aborted) throw new WebError('The request was aborted.');
            if (!(bytes instanceof Uint8Array)) throw new NotKnown('bytes that went through a pipeline');
            chunks.push(Buffer.from(bytes.subarray(integerOf(from), integerOf(from) + integerOf(count))));
          },
          close: requireWhole,
        },
        name,
      )(),
  };
  const members: Statics = {
    getrequeststream: () => stream,
    abort: () => {
      aborted = true;
    },
    getresponse: () => exchange(textOf(url), fields, Buffer.concat(chunks)),
  };
  return {
    type: 'HttpWebRequest',
    get: (name) => fields.get(name) ?? null,
    set: (name, value) => void fields.set(name, value),
    call: (name, args) => callOf(members, name)(...args),
  };
};

const exchange = (url: string, fields: ReadonlyMap<string, unknown>, body: Buffer): Promise<NetObject> =>
  new Promise((resolve, reject) => {
    const method = textOf(fields.get('method'));
    const headers =
      method === 'POST'
        ? { 'content-type': textOf(fields.get('contenttype')), 'content-length': String(body.length) }
        : {};
    const { hostname, port } = new URL(url);
    // As it is written: a URL of Node.js would encode quotes that one of .NET leaves.
    const path = url.replace(/^\w+:\/\/[^/]+/, '');
    const request = httpRequest(
      { hostname, port, path, method, headers, timeout: integerOf(fields.get('timeout')) },
      (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('end', () => {
          const status = response.statusCode ?? 0;
          if (status > 299) reject(new WebError(`The remote server returned an error: (${status}).`, status));
          else resolve(answerOf(Buffer.concat(parts)));
        });
      },
    );
    request.on('timeout', () => request.destroy(new Error('The operation has timed out.')));
    request.on('error', (error) => reject(new WebError(error.message)));
    request.end(body);
  });

const bodyStream = (body: Buffer): NetObject & { readonly body: Buffer } => ({
  type: 'Stream',
  body,
  call: (name, [target]) =>
    callOf(
      {
        copyto: () => {
          if (typeof target !== 'object' || target === null || !('fd' in target) || typeof target.fd !== 'number')
            throw new NotKnown('CopyTo');
          writeFileSync(target.fd, body);
        },
      },
      name,
    )(),
});

const answerOf = (body: Buffer): NetObject => ({
  type: 'HttpWebResponse',
  call: (name) =>
    callOf(
      {
        getresponsestream: () => bodyStream(body),
        close: () => undefined,
      },
      name,
    )(),
});

/** System.IO.StreamReader of an answer. */
export const streamReader = (stream: unknown): NetObject => {
  if (typeof stream !== 'object' || stream === null || !('body' in stream) || !Buffer.isBuffer(stream.body))
    throw new NotKnown('StreamReader');
  const { body } = stream;
  return { type: 'StreamReader', call: (name) => callOf({ readtoend: () => body.toString('latin1') }, name)() };
};
