import { type Context, Hono } from 'hono';
import type { z } from 'zod';
import { runMapQuerySchema } from '#shared/contract/map-views.ts';
import {
  abortRequestSchema,
  continueRequestSchema,
  controlRequestSchema,
  gateRequestSchema,
  ignoreRequestSchema,
  nodeRowsQuerySchema,
  outputPlaceSchema,
  outputQuerySchema,
  pageQuerySchema,
  resetRequestSchema,
  resultsQuerySchema,
  retryRequestSchema,
  runQuerySchema,
  runRequestSchema,
  searchQuerySchema,
} from '#shared/contract/requests.ts';
import type { RunId } from '#shared/model/ids.ts';
import { answerContent } from '../answer-content.ts';
import type { ApiEnv } from '../api-env.ts';
import { readBody, readIdempotencyKey, readQuery, readRunId } from '../parse-request.ts';
import type { ApiServices } from '../services.ts';

/** Runs: start, look, control. What changes a run answers 202 with the run as it is now. */
export const runRoutes = (services: ApiServices): Hono<ApiEnv> => {
  /** Reads a request, has it done, and answers with the run as it is then. */
  const change =
    <S extends z.ZodObject>(schema: S, act: (runId: RunId, request: z.output<S>, actor: string) => Promise<void>) =>
    async (c: Context<ApiEnv>): Promise<Response> => {
      const runId = readRunId(c);
      await act(runId, await readBody(c, schema), c.get('actor'));
      return c.json(await services.viewRun(runId), 202);
    };

  const submit = async (c: Context<ApiEnv>): Promise<Response> => {
    const idempotencyKey = readIdempotencyKey(c);
    const request = await readBody(c, runRequestSchema);
    const key = idempotencyKey === undefined ? {} : { idempotencyKey };
    const { runId, created } = await services.submitRun({ request, actor: c.get('actor'), ...key });
    c.header('Location', `/v1/runs/${runId}`);
    if (!created) c.header('Idempotency-Replayed', 'true');
    return c.json(await services.viewRun(runId), 202);
  };

  return new Hono<ApiEnv>()
    .get('/runs', async (c) => c.json(await services.listRuns(readQuery(c, pageQuerySchema))))
    .post('/runs', submit)
    .get('/runs/:runId', async (c) => c.json(await services.viewRun(readRunId(c), readQuery(c, runQuerySchema))))
    .get('/runs/:runId/nodes', async (c) =>
      c.json(await services.listNodeRows(readRunId(c), readQuery(c, nodeRowsQuerySchema))),
    )
    .get('/runs/:runId/map', async (c) =>
      c.json(await services.viewRunMap(readRunId(c), readQuery(c, runMapQuerySchema))),
    )
    .get('/runs/:runId/results', async (c) =>
      c.json(await services.listResults(readRunId(c), readQuery(c, resultsQuerySchema))),
    )
    .post('/runs/:runId/purge', async (c) => c.json(await services.purgeRun(readRunId(c), c.get('actor'))))
    .get('/runs/:runId/job', async (c) => c.json(await services.viewRunJob(readRunId(c), readQuery(c, runQuerySchema))))
    .get('/runs/:runId/output', async (c) =>
      c.json(await services.readOutput(readRunId(c), readQuery(c, outputQuerySchema))),
    )
    .get('/runs/:runId/output/content', async (c) =>
      answerContent(c, await services.openOutputContent(readRunId(c), readQuery(c, outputPlaceSchema))),
    )
    .get('/runs/:runId/output/matches', async (c) =>
      c.json(await services.searchOutput(readRunId(c), readQuery(c, searchQuerySchema))),
    )
    .post('/runs/:runId/retry/preview', async (c) =>
      c.json(await services.previewRetry(readRunId(c), await readBody(c, retryRequestSchema))),
    )
    .post('/runs/:runId/continue', change(continueRequestSchema, services.continueRun))
    .post('/runs/:runId/retry', change(retryRequestSchema, services.retryRun))
    .post('/runs/:runId/ignore', change(ignoreRequestSchema, services.ignoreNodes))
    .post('/runs/:runId/reset', change(resetRequestSchema, services.resetNodes))
    .post('/runs/:runId/abort', change(abortRequestSchema, services.abortRun))
    .post('/runs/:runId/pause', change(controlRequestSchema, services.pauseRun))
    .post('/runs/:runId/resume', change(controlRequestSchema, services.resumeRun))
    .post('/runs/:runId/gates', change(gateRequestSchema, services.decideGate));
};
