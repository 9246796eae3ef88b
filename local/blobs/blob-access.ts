import { createHmac, timingSafeEqual } from 'node:crypto';
import * as z from 'zod';
import { policySignature } from '#functions/adapters/s3/post-policy.ts';

/** Name of the one bucket of the local cloud. */
export const localBucket = 'blobs';

/** Where the blobs' server is and what it checks signatures with. */
export interface BlobAccess {
  /** Scheme, host and port. */
  readonly url: string;
  readonly secret: string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** What a signed address for reading says. */
export interface ReadAddress {
  readonly key: string;
  /** Seconds since the epoch. */
  readonly expires: number;
  readonly gzip: boolean;
  readonly fileName: string;
}

/** Why a request is not let in, as S3 words it. */
export class AccessDenied extends Error {
  readonly code: string;
  readonly status: number;

  constructor(code: string, message: string, status = 403) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

const isSame = (given: string, wanted: string): boolean => {
  const [one, other] = [Buffer.from(given), Buffer.from(wanted)];
  return one.length === other.length && timingSafeEqual(one, other);
};

const encodeKey = (key: string): string => key.split('/').map(encodeURIComponent).join('/');

const signatureOf = (secret: string, { key, expires, gzip, fileName }: ReadAddress): string =>
  createHmac('sha256', secret)
    .update(JSON.stringify(['GET', key, expires, gzip, fileName]))
    .digest('hex');

/** Path and query under which a blob can be read. */
export const signedPath = (secret: string, address: ReadAddress): string => {
  const query = new URLSearchParams({
    expires: String(address.expires),
    name: address.fileName,
    ...(address.gzip ? { gzip: '1' } : {}),
    signature: signatureOf(secret, address),
  });
  return `/${localBucket}/${encodeKey(address.key)}?${query}`;
};

/**
 * The blob that an address leads to.
 * @throws AccessDenied
 */
export const checkRead = ({ secret, now }: BlobAccess, url: URL): ReadAddress => {
  const { searchParams, pathname } = url;
  const address = {
    key: decodeURIComponent(pathname.slice(`/${localBucket}/`.length)),
    expires: Number(searchParams.get('expires')),
    gzip: searchParams.get('gzip') === '1',
    fileName: searchParams.get('name') ?? '',
  };
  if (!isSame(searchParams.get('signature') ?? '', signatureOf(secret, address)))
    throw new AccessDenied('SignatureDoesNotMatch', 'The signature is not that of this address.');
  if (address.expires * 1000 < now()) throw new AccessDenied('AccessDenied', 'Request has expired');
  return address;
};

const conditionSchema = z.union([
  z.record(z.string(), z.string()),
  z.tuple([z.literal('starts-with'), z.string(), z.string()]),
  z.tuple([z.literal('content-length-range'), z.number(), z.number()]),
]);
const policySchema = z.strictObject({ expiration: z.iso.datetime(), conditions: z.array(conditionSchema) });
type Condition = z.infer<typeof conditionSchema>;

const readPolicy = (encoded: string): z.infer<typeof policySchema> => {
  try {
    return policySchema.parse(JSON.parse(Buffer.from(encoded, 'base64').toString('utf8')));
  } catch {
    throw new AccessDenied('InvalidPolicyDocument', 'The policy is not one.', 400);
  }
};

/** Names of fields that a condition speaks of, and whether they meet it. */
const judge = (condition: Condition, fields: ReadonlyMap<string, string>): readonly (readonly [string, boolean])[] => {
  if (!Array.isArray(condition))
    return Object.entries(condition).map(([name, value]) => [
      name,
      name === 'bucket' ? value === localBucket : fields.get(name) === value,
    ]);
  const [kind, field, prefix] = condition;
  if (kind === 'content-length-range') return [];
  const name = field.replace(/^\$/, '');
  return [[name, fields.get(name)?.startsWith(prefix) === true]];
};

/** Fields that need no condition (S3 API reference, "POST policy"). */
const free: ReadonlySet<string> = new Set(['policy', 'x-amz-signature', 'file']);

/**
 * What a form allows: the key, and how many bytes. As S3 does: the signature, then the time, then every condition, and no field without one.
 * @throws AccessDenied
 */
export const checkForm = (
  { secret, now }: BlobAccess,
  fields: ReadonlyMap<string, string>,
): { readonly key: string; readonly maxBytes: number } => {
  const encoded = fields.get('policy') ?? '';
  const wanted = policySignature(secret, fields.get('x-amz-credential') ?? '', encoded);
  if (!isSame(fields.get('x-amz-signature') ?? '', wanted))
    throw new AccessDenied('SignatureDoesNotMatch', 'The signature is not that of this policy.');
  const policy = readPolicy(encoded);
  if (Date.parse(policy.expiration) < now())
    throw new AccessDenied('AccessDenied', 'Invalid according to Policy: Policy expired.');
  const judged = policy.conditions.flatMap((condition) => judge(condition, fields));
  const broken = judged.find(([, holds]) => !holds);
  if (broken !== undefined)
    throw new AccessDenied('AccessDenied', `Invalid according to Policy: Policy Condition failed: ${broken[0]}`);
  const covered = new Set(judged.map(([name]) => name));
  const extra = [...fields.keys()].find((name) => !covered.has(name) && !free.has(name));
  if (extra !== undefined)
    throw new AccessDenied('AccessDenied', `Invalid according to Policy: Extra input fields: ${extra}`);
  const range = policy.conditions.find((one) => Array.isArray(one) && one[0] === 'content-length-range');
  return { key: fields.get('key') ?? '', maxBytes: Array.isArray(range) ? Number(range[2]) : Number.POSITIVE_INFINITY };
};
