import { messageOf } from '#shared/errors/app-error.ts';
import type { Clock, Http, HttpAnswer, HttpRequest } from '#shared/ports/services.ts';

/** So much of a body is read at most, in bytes. */
const longestBody = 65_536;

/** Reads the beginning of a body, and lets go of the rest. */
const beginningOf = async (body: ReadableStream<Uint8Array> | null): Promise<string> => {
  if (body === null) return '';
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let [text, bytes] = ['', 0];
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    const rest = part.value.subarray(0, longestBody - bytes);
    bytes += rest.length;
    text += decoder.decode(rest, { stream: true });
    if (bytes >= longestBody) break;
  }
  await reader.cancel();
  return text;
};

const isWeb = (url: string): boolean => URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);

const causeOf = (error: unknown): string =>
  error instanceof Error && error.cause instanceof Error ? error.cause.message : messageOf(error);

/** Requests by fetch. */
export const createFetchHttp = (clock: Clock): Http => ({
  request: async ({ url, method, headers, timeoutMs }: HttpRequest): Promise<HttpAnswer> => {
    const startMs = clock.now();
    const durationMs = () => clock.now() - startMs;
    if (!isWeb(url)) return { error: `${url} is no http or https address`, durationMs: 0 };
    try {
      const signal = AbortSignal.timeout(timeoutMs);
      const answer = await fetch(url, { method, headers: { ...headers }, redirect: 'manual', signal });
      return { status: answer.status, body: await beginningOf(answer.body), durationMs: durationMs() };
    } catch (error) {
      return { error: causeOf(error), durationMs: durationMs() };
    }
  },
});
