/** A slice of a list and where the next begins. */
export interface Page<T> {
  readonly items: readonly T[];
  /** Empty at the end, as the clouds return it. */
  readonly nextToken: string;
}

/** The offset that a token stands for; undefined when nobody could have been given it. */
export const offsetOf = (token: string | undefined): number | undefined => {
  if (token === undefined || token === '') return 0;
  const offset = /^next:(\d{1,9})$/.exec(Buffer.from(token, 'base64url').toString('latin1'))?.[1];
  return offset === undefined ? undefined : Number(offset);
};

/** One page of a list that only grows at its end. */
export const pageOf = <T>(all: readonly T[], offset: number, size: number): Page<T> => {
  const end = offset + size;
  const nextToken = end < all.length ? Buffer.from(`next:${end}`, 'latin1').toString('base64url') : '';
  return { items: all.slice(offset, end), nextToken };
};
