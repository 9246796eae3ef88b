import { createHmac } from 'node:crypto';
import type { UploadForm, UploadGrant } from '#shared/ports/services.ts';

/** What a form is signed with. */
export interface FormSigner {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
  readonly region: string;
}

/** Where a form leads to. */
export interface FormPlace {
  /** Address of the bucket. */
  readonly url: string;
  readonly bucket: string;
  /** Start of every key of ours in the bucket. */
  readonly keyPrefix: string;
}

const algorithm = 'AWS4-HMAC-SHA256';
const longestSeconds = 7 * 86_400;

const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text, 'utf8').digest();

/** Signature of a policy in base64, by the scope of its credential: `<key id>/<date>/<region>/s3/aws4_request`. */
export const policySignature = (secretAccessKey: string, credential: string, policyBase64: string): string => {
  const [date = '', region = '', service = '', end = ''] = credential.split('/').slice(-4);
  const key = [region, service, end].reduce<Buffer>(hmac, hmac(`AWS4${secretAccessKey}`, date));
  return hmac(key, policyBase64).toString('hex');
};

/** `20260102T030405Z` of an RFC 3339 time. */
const compactTime = (time: string): string => new Date(time).toISOString().replaceAll(/[-:]|\.\d+/g, '');

/**
 * A form for uploads below a prefix, signed as AWS asks for (Signature Version 4, "Authenticating Requests in Browser-Based Uploads Using
 * POST"). The same input gives the same form.
 */
export const signUploadForm = (signer: FormSigner, place: FormPlace, grant: UploadGrant): UploadForm => {
  const keyPrefix = `${place.keyPrefix}${grant.prefix}`;
  const time = compactTime(grant.since);
  const fields = {
    'x-amz-algorithm': algorithm,
    'x-amz-credential': `${signer.accessKeyId}/${time.slice(0, 8)}/${signer.region}/s3/aws4_request`,
    'x-amz-date': time,
    ...(signer.sessionToken === undefined ? {} : { 'x-amz-security-token': signer.sessionToken }),
  };
  const expiresMs = Date.parse(grant.since) + Math.min(grant.expiresSeconds, longestSeconds) * 1000;
  const policy = JSON.stringify({
    expiration: new Date(expiresMs).toISOString(),
    conditions: [
      { bucket: place.bucket },
      ['starts-with', '$key', keyPrefix],
      ['content-length-range', 0, grant.maxBytes],
      ...Object.entries(fields).map(([name, value]) => ({ [name]: value })),
    ],
  });
  const encoded = Buffer.from(policy).toString('base64');
  const signature = policySignature(signer.secretAccessKey, fields['x-amz-credential'], encoded);
  return { url: place.url, policy, fields: { ...fields, 'x-amz-signature': signature }, keyPrefix };
};
