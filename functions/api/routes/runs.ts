import { type Context, Hono } from 'hono';
import {
  type ControlRequest,
  continueRequestSchema,
  controlRequestSchema,
  gateRequestSchema,
  nodeRowsQuerySchema,
  outputPlaceSchema,
  outputQuerySchema,
  pageQuerySchema,
  resultsQuerySchema,
  runRequestSchema,
  searchQuerySchema,
} from '#shared/contract/requests.ts';
import type { RunId } from '#shared/model/ids.ts';
import { answerContent } from '../answer-content.ts';
import type { ApiEnv } from '../api-env.ts';
import { readBody, readIdempotencyKey, readQuery, readRunId } from '../parse-request.ts';
import type { ApiServices } from '../services.ts';

type Control = (runId: RunId, request: ControlRequest, actor: string) => Promise<void>;

/** Runs: start, look, control. What changes a run answers 202 with the run as it is now. */
export const runRoutes = (services: ApiServices): Hono<ApiEnv> => {
  const accepted = async (c: Context<ApiEnv>, runId: RunId): Promise<Response> =>
    c.json(await services.viewRun(runId), 202);

  const control =
    (act: Control) =>
    async (c: Context<ApiEnv>): Promise<Response> => {
      const runId = readRunId(c);
      await act(runId, await readBody(c, controlRequestSchema), c.get('actor'));
      return accepted(c, runId);
    };

  const submit = async (c: Context<ApiEnv>): Promise<Response> => {
    const idempotencyKey = readIdempotencyKey(c);
    const request = await readBody(c, runRequestSchema);
    const key = idempotencyKey === undefined ? {} : { idempotencyKey };
    const { runId, created } = await services.submitRun({ request, actor: c.get('actor'), ...key });
    c.header('Location', `/v1/runs/${runId}`);
    if (!created) c.header('Idempotency-Replayed', 'true');
    return accepted(c, runId);
  };

  return new Hono<ApiEnv>()
    .get('/runs', async (c) => c.json(await services.listRuns(readQuery(c, pageQuerySchema))))
    .post('/runs', submit)
    .get('/runs/:runId', async (c) => c.json(await services.viewRun(readRunId(c))))
    .get('/runs/:runId/nodes', async (c) =>
      c.json(await services.listNodeRows(readRunId(c), readQuery(c, nodeRowsQuerySchema))),
    )
    .get('/runs/:runId/results', async (c) =>
      c.json(await services.listResults(readRunId(c), readQuery(c, resultsQuerySchema))),
    )
    .get('/runs/:runId/output', async (c) =>
      c.json(await services.readOutput(readRunId(c), readQuery(c, outputQuerySchema))),
    )
    .get('/runs/:runId/output/content', async (c) =>
      answerContent(c, await services.openOutputContent(readRunId(c), readQuery(c, outputPlaceSchema))),
    )
    .get('/runs/:runId/output/matches', async (c) =>
      c.json(await services.searchOutput(readRunId(c), readQuery(c, searchQuerySchema))),
    )
    .post('/runs/:runId/continue', async (c) => {
      const runId = readRunId(c);
      await services.continueRun(runId, await readBody(c, continueRequestSchema), c.get('actor'));
      return accepted(c, runId);
    })
    .post('/runs/:runId/gates', async (c) => {
      const runId = readRunId(c);
      await services.decideGate(runId, await readBody(c, gateRequestSchema), c.get('actor'));
      return accepted(c, runId);
    })
    .post(
      '/runs/:runId/abort',
      control((...asked) => services.abortRun(...asked)),
    )
    .post(
      '/runs/:runId/pause',
      control((...asked) => services.pauseRun(...asked)),
    )
    .post(
      '/runs/:runId/resume',
      control((...asked) => services.resumeRun(...asked)),
    );
};
