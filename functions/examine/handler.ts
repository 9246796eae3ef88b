import type { LambdaContext, LambdaEvent } from 'hono/aws-lambda';
import { type ExaminationHandler, openExamination } from '#functions/runtime/examination.ts';
import { correlate } from '#functions/runtime/process.ts';
import { examine } from './examine.ts';

let answer: ExaminationHandler | undefined;

/** `GET /v1/examination` on Lambda, behind the same gateways as the API. Built at the first request. */
export const handler = (event: LambdaEvent, context: LambdaContext): ReturnType<ExaminationHandler> => {
  answer ??= openExamination(examine);
  correlate({ requestId: context.awsRequestId });
  return answer(event, context);
};
