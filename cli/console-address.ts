import { type ConsoleSettings, consolePaths, consoleSettingsSchema } from '#shared/contract/console-settings.ts';
import { fromProblem, problemSchema } from '#shared/contract/problem.ts';
import { AppError, messageOf } from '#shared/errors/app-error.ts';

/** What a deployment needs to have a console. */
const howToDeploy =
  'Deploy with -c oidcIssuer=… -c oidcAudience=… -c consoleClientId=… (docs/operations.md, "Web console"); its address is the output ConsoleUrl.';

/** A gateway for signed requests has no console: browsers have no AWS credentials. */
export const noConsoleBehindSignatures = (server: string): AppError =>
  new AppError(
    'console.unavailable',
    `${server} takes requests signed with AWS credentials only; the web console needs a token gateway`,
    { hint: `${howToDeploy} Then: drover context add NAME --server <TokenApiUrl> --token-file FILE` },
  );

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const ask = async (call: typeof fetch, server: string): Promise<Response> => {
  try {
    return await call(`${server}${consolePaths.settings}`, { headers: { Accept: 'application/json' } });
  } catch (cause) {
    throw new AppError('service.unreachable', `Cannot reach Drover at ${server}: ${messageOf(cause)}`, {
      cause,
      hint: 'Check the address, and that the server runs.',
    });
  }
};

/** The settings of the console of a server, which has one. */
const readSettings = async (call: typeof fetch, server: string): Promise<ConsoleSettings> => {
  const answer = await ask(call, server);
  const body = parseJson(await answer.text());
  const problem = problemSchema.safeParse(body);
  if (!answer.ok && problem.data?.code === 'console.not-built') throw fromProblem(problem.data);
  const settings = consoleSettingsSchema.safeParse(body);
  if (answer.ok && settings.success) return settings.data;
  throw new AppError('console.unavailable', `${server} has no web console (${answer.status})`, { hint: howToDeploy });
};

/** The address of the console, with the token in its fragment: that part is never sent, so it is in no log. */
export const signedInLink = (server: string, token: string): string =>
  `${server}${consolePaths.home}#token=${encodeURIComponent(token)}`;

/**
 * The address of the console of a server. Where people sign in with a token of the server, it carries the one that is given.
 * @throws AppError `console.unavailable` when the server has none, `console.not-built`, `service.unreachable`
 */
export const consoleAddress = async (
  call: typeof fetch,
  server: string,
  token: string | undefined,
): Promise<string> => {
  const base = server.replace(/\/+$/, '');
  const { signIn } = await readSettings(call, base);
  return signIn.kind === 'token' && token !== undefined ? signedInLink(base, token) : `${base}${consolePaths.home}`;
};
