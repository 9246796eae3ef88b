/** Where a page is served. */
export interface ServedAt {
  /** True behind https: browsers then remember to come by nothing else. */
  readonly secure: boolean;
  /** Sources beside its own and https that the page may fetch from, such as `http://127.0.0.1:*`. */
  readonly connects: readonly string[];
}

/**
 * What the page may do. Scripts and styles are its own files only. It may fetch by https from anywhere: the issuer's token endpoint may be on any
 * host, and answers that are too long lie in the bucket.
 */
const contentPolicy = (connects: readonly string[]): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "manifest-src 'self'",
    "worker-src 'self'",
    ["connect-src 'self' https:", ...connects].join(' '),
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "form-action 'none'",
  ].join('; ');

/** Headers that every answer of the console has. */
export const securityHeaders = ({ secure, connects }: ServedAt): Readonly<Record<string, string>> => ({
  'Content-Security-Policy': contentPolicy(connects),
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
  // The issuer's code is in an address of the page.
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  ...(secure ? { 'Strict-Transport-Security': 'max-age=31536000' } : {}),
});
