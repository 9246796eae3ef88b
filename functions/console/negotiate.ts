/** How an answer is compressed, as Content-Encoding says it. */
export type Coding = 'br' | 'gzip';

/** Weights of what an Accept-Encoding names; 1 where it gives none. */
const weightsOf = (header: string): ReadonlyMap<string, number> =>
  new Map(
    header.split(',').map((part) => {
      const [name = '', ...parameters] = part.split(';').map((word) => word.trim().toLowerCase());
      const weight = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
      return [name, weight === undefined ? 1 : Number(weight)];
    }),
  );

/** The best compression that a client takes; undefined for none (RFC 9110, Accept-Encoding). */
export const chooseCoding = (acceptEncoding: string | undefined): Coding | undefined => {
  const weights = weightsOf(acceptEncoding ?? '');
  const weightOf = (name: Coding): number => weights.get(name) ?? weights.get('*') ?? 0;
  const [brotli, gzip] = [weightOf('br'), weightOf('gzip')];
  if (brotli > 0 && !(gzip > brotli)) return 'br';
  return gzip > 0 ? 'gzip' : undefined;
};

/** True when a client has what a tag names (RFC 9110, If-None-Match). */
export const hasAlready = (ifNoneMatch: string | undefined, tag: string): boolean =>
  (ifNoneMatch ?? '').split(',').some((one) => ['*', tag].includes(one.trim().replace(/^W\//, '')));
