import type { Preconditions } from '#shared/contract/library-requests.ts';

const tagsIn = (header: string): readonly string[] => header.split(',').map((tag) => tag.trim());

const isNamed = (header: string, tag: string | undefined): boolean =>
  tag !== undefined && (header.trim() === '*' || tagsIn(header).includes(tag));

/** Whether something is as a request expects it (RFC 9110, 13.1). `tag` is its entity tag; undefined when it is not there. */
export const areMet = ({ ifMatch, ifNoneMatch }: Preconditions, tag: string | undefined): boolean =>
  (ifMatch === undefined || isNamed(ifMatch, tag)) && (ifNoneMatch === undefined || !isNamed(ifNoneMatch, tag));
