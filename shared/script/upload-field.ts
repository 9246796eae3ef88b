import type { UploadedStream } from './upload-key.ts';

/** What a node says of the complete bytes of one stream. */
export type StreamUpload =
  | ({ readonly kind: 'uploaded' } & UploadedStream)
  /** They could not be uploaded; `reason` is a sentence. */
  | { readonly kind: 'failed'; readonly reason: string };

/** Exit statuses of curl(1) that users meet, beside the server's refusal. */
const curlProblems: Readonly<Record<string, string>> = {
  5: 'the proxy was not found',
  6: 'the storage was not found by its name',
  7: 'there is no way to the storage',
  22: 'the storage refused it',
  28: 'it took too long',
  35: 'no secure connection came about',
  52: 'the storage did not answer',
  55: 'the connection broke',
  56: 'the connection broke',
  60: 'the certificate of the storage is not trusted',
};

const toolProblem = (tool: string, status: string): string => {
  if (tool === 'net') return status === '0' ? 'the storage did not answer' : `the storage refused it (HTTP ${status})`;
  if (status === '124') return `${tool} on the node did not end in time`;
  const meaning = tool === 'curl' ? curlProblems[status] : undefined;
  return `${tool} on the node ended with ${status}${meaning === undefined ? '' : `: ${meaning}`}`;
};

const problems: Readonly<Record<string, string>> = {
  id: 'the node does not know its instance id',
  none: 'the node has no curl, wget, python3, perl or node',
  time: 'it took too long',
};

const parseStream = (text: string): StreamUpload | null => {
  const done = /^([rg])([0-9a-f]{64})?$/.exec(text);
  if (done !== null) return { kind: 'uploaded', gzip: done[1] === 'g', sha256: done[2] ?? null };
  const code = /^!([a-z0-9]{1,40})$/.exec(text)?.[1];
  if (code === undefined) return null;
  const tool = /^(curl|wget|python3|perl|node|net)(\d+)$/.exec(code);
  const reason = tool === null ? (problems[code] ?? code) : toolProblem(tool[1] ?? '', tool[2] ?? '');
  return { kind: 'failed', reason };
};

/**
 * The envelope's field on uploads, stdout and stderr: `u<stdout>,<stderr>,`, each `-` (nothing was to be uploaded), `r` (as it is) or `g` (gzip)
 * with the SHA-256 of the bytes as printed (none where nothing could compute it), or `!` and why it failed: `id`, `none`, `time`, or a tool
 * with its exit status (`net`, which is .NET, with that of HTTP). The field is absent when nothing was uploaded.
 */
export const parseUploads = (field: string): readonly [StreamUpload | null, StreamUpload | null] => {
  const parts = /^u([^,]*),([^,]*),$/.exec(field);
  return [parseStream(parts?.[1] ?? ''), parseStream(parts?.[2] ?? '')];
};
