import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { handle, type LambdaContext, type LambdaEvent } from 'hono/aws-lambda';
import { readConsoleEnv } from '#functions/runtime/console-env.ts';
import { openConsolePage } from '#functions/runtime/console-page.ts';
import { correlate, openProcessLog } from '#functions/runtime/process.ts';
import { createConsoleApp } from './console-app.ts';

/** The page lies beside the bundle. */
const pageFolder = fileURLToPath(new URL('page', import.meta.url));

const open = () =>
  handle(
    createConsoleApp({
      page: openConsolePage(pageFolder),
      settings: readConsoleEnv(),
      log: openProcessLog(),
      newRequestId: randomUUID,
    }),
  );

let answer: ReturnType<typeof open> | undefined;

/** The web console on Lambda, behind routes of an API Gateway that ask nobody who they are. Built at the first request. */
export const handler = (event: LambdaEvent, context: LambdaContext): ReturnType<ReturnType<typeof open>> => {
  answer ??= open();
  correlate({ requestId: context.awsRequestId });
  return answer(event, context);
};
