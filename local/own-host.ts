import { problemMediaType, toProblem } from '#shared/contract/problem.ts';
import { AppError } from '#shared/errors/app-error.ts';

type Answer = (request: Request) => Response | Promise<Response>;

const names: readonly string[] = ['127.0.0.1', 'localhost'];

const isOwn = (host: string | null, port: number): boolean =>
  names.some((name) => host?.toLowerCase() === `${name}:${port}` || (port === 80 && host?.toLowerCase() === name));

const misdirected = (host: string | null, port: number): Response => {
  const error = new AppError('request.misdirected', `This server is not called ${JSON.stringify(host ?? '')}`, {
    hint: `Its address is http://${names[0]}:${port}. A tunnel to it must have the same port at both ends.`,
  });
  return new Response(JSON.stringify(toProblem(error)), {
    status: error.kind.http,
    headers: { 'Content-Type': problemMediaType, 'Cache-Control': 'no-store' },
  });
};

/**
 * Answers only requests that mean this machine by a name that is its own on the loopback. A page of somebody else can have its own name lead here (DNS
 * rebinding), and a browser would then take both for one origin; but its requests carry that name.
 */
export const onlyOwnHost =
  (answer: Answer, port: () => number): Answer =>
  (request) => {
    const host = request.headers.get('host');
    return isOwn(host, port()) ? answer(request) : misdirected(host, port());
  };
