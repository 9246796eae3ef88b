import type { Preconditions } from '../contract/library-requests.ts';
import type { Answer } from './send-request.ts';

/** Something that is kept under a name, and the ETag it came with. */
export interface Tagged<T> {
  readonly view: T;
  readonly etag: string;
}

/** What a request expects of what there is, as headers. */
export const headersOf = ({ ifMatch, ifNoneMatch }: Preconditions): Readonly<Record<string, string>> => ({
  ...(ifMatch === undefined ? {} : { 'If-Match': ifMatch }),
  ...(ifNoneMatch === undefined ? {} : { 'If-None-Match': ifNoneMatch }),
});

/** An answer with its ETag. */
export const tagged = <T>({ data, headers }: Answer<T>): Tagged<T> => ({
  view: data,
  etag: headers.get('etag') ?? '',
});
