import { Readable } from 'node:stream';
import type { Context } from 'hono';
import type { ApiEnv } from './api-env.ts';
import type { OutputContent } from './services.ts';

const digestHeader = (sha256: string): string => `sha-256=:${Buffer.from(sha256, 'hex').toString('base64')}:`;

/**
 * All that is kept of a stream: leads to where it lies (307), or answers with its bytes. `Repr-Digest` (RFC 9530) is that of the printed bytes,
 * so that whoever has them can tell; `Drover-Complete` says whether all of them are kept.
 */
export const answerContent = (c: Context<ApiEnv>, { address, complete, sha256, chunks }: OutputContent): Response => {
  if (sha256 !== null) c.header('Repr-Digest', digestHeader(sha256));
  c.header('Drover-Complete', String(complete));
  // The address is for this caller, and for minutes.
  c.header('Cache-Control', 'no-store');
  if (address !== undefined) return c.redirect(address, 307);
  c.header('Content-Type', 'text/plain; charset=utf-8');
  return c.body(Readable.toWeb(Readable.from(chunks())));
};
