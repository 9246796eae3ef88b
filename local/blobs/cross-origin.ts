import type { IncomingHttpHeaders } from 'node:http';

/** What is answered to a question whether a page may ask something (CORS preflight). */
export interface Preflight {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
}

/** Pages of any origin may read an answer: whoever asks needs a signed address or form anyway, and no cookie or other credential counts here. */
export const openToPages: Readonly<Record<string, string>> = { 'access-control-allow-origin': '*' };

/** What pages may do, as the bucket of a deployment is configured. */
const methods = ['GET', 'POST'];

/** As the bucket of a deployment answers: reading and sending by form, with whatever headers. */
export const answerPreflight = (headers: IncomingHttpHeaders): Preflight => {
  if (!methods.includes(headers['access-control-request-method'] ?? '')) return { status: 403, headers: {} };
  const asked = headers['access-control-request-headers'];
  return {
    status: 200,
    headers: {
      ...openToPages,
      'access-control-allow-methods': methods.join(', '),
      ...(asked === undefined ? {} : { 'access-control-allow-headers': asked }),
      'access-control-max-age': '3600',
    },
  };
};
