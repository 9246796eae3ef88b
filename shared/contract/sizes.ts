import { AppError } from '../errors/app-error.ts';

const utf8 = new TextEncoder();

/**
 * Bytes of a text as it travels through Lambda, which takes and gives 6 MiB (Lambda quotas, "Invocation payload"): behind API Gateway a body is a
 * text within JSON, where its quotes and backslashes count twice. The limits hold for the local cloud as well, so that what works there works
 * deployed.
 */
export const bytesInJson = (text: string): number => utf8.encode(JSON.stringify(text)).length;

/** Most bytes of the body of a request. A job that fits can be answered too, with what is said around it. */
export const maxRequestBytes = 5_500_000;

/** Most bytes of an answer, beside its headers; longer ones are left in the blobs, and the answer leads there. */
export const maxAnswerBytes = 6_000_000;

/** Most bytes of the items of a page: a page ends early where they are large. */
export const maxPageBytes = 5_000_000;

/** How many of the first items fit into a page; one at least where there are any. */
export const fittingCount = (items: readonly unknown[], most = maxPageBytes): number => {
  let room = most;
  const over = items.findIndex((item) => {
    room -= bytesInJson(JSON.stringify(item));
    return room < 0;
  });
  return over < 0 ? items.length : Math.max(1, over);
};

/** The error of a body that is too large. `bytes` as {@link bytesInJson} counts them; absent where the body was not read to its end. */
export const bodyTooLarge = (bytes?: number): AppError =>
  new AppError(
    'request.too-large',
    `The body has ${bytes === undefined ? 'more' : `${bytes} bytes as JSON within JSON, more`} than the ${maxRequestBytes} bytes that the API takes`,
    {
      hint: 'Choose nodes by condition (targets.where) instead of sending each. Start stored jobs by name (drover job apply), and keep long scripts as commands of the library (drover command put) or in params of type file.',
    },
  );
