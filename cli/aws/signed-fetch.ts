import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import { AppError, messageOf } from '#shared/errors/app-error.ts';

/** Credentials of AWS, as they are at the moment. */
export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** What signing needs. */
export interface Signing {
  readonly fetch: typeof fetch;
  readonly region: string;
  /** Asked at each request: credentials may be short-lived. It keeps what it found as long as that is good. */
  readonly credentials: () => Promise<AwsCredentials>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** The AWS name of API Gateway, for signatures (Amazon API Gateway developer guide, "IAM authorization"). */
const service = 'execute-api';

const noCredentials = (cause: unknown): AppError =>
  new AppError('auth.required', `There are no AWS credentials to sign with: ${messageOf(cause)}`, {
    cause,
    hint: 'Log in (aws sso login), or name a profile: drover context add NAME --server URL --region REGION --profile PROFILE',
  });

const isRedirect = ({ status }: Response): boolean => status >= 300 && status < 400;

/**
 * A `fetch` that signs each request for API Gateway (Signature Version 4). Where an answer leads elsewhere, it goes there unsigned: that address
 * carries its own proof, and must not see ours. Bodies are strings.
 * @throws AppError `auth.required` when there are no credentials
 */
export const signedFetch =
  ({ fetch: send, region, credentials, now }: Signing): typeof fetch =>
  async (input, init = {}) => {
    const url = new URL(input instanceof Request ? input.url : String(input));
    const found = await credentials().catch((cause: unknown) => {
      throw noCredentials(cause);
    });
    const signer = new SignatureV4({ credentials: found, region, service, sha256: Sha256 });
    const { headers, method } = await signer.sign(
      {
        method: init.method ?? 'GET',
        protocol: url.protocol,
        hostname: url.hostname,
        path: url.pathname,
        query: Object.fromEntries(url.searchParams),
        headers: { ...Object.fromEntries(new Headers(init.headers)), host: url.host },
        ...(typeof init.body === 'string' ? { body: init.body } : {}),
      },
      { signingDate: new Date(now()) },
    );
    const response = await send(url, { ...init, method, headers, redirect: 'manual' });
    const elsewhere = isRedirect(response) ? response.headers.get('location') : null;
    return elsewhere === null ? response : send(new URL(elsewhere, url), init.signal ? { signal: init.signal } : {});
  };
