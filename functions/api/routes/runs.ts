import { type Context, Hono } from 'hono';
import {
  abortRequestSchema,
  type ControlRequest,
  continueRequestSchema,
  controlRequestSchema,
  nodeRowsQuerySchema,
  pageQuerySchema,
  resultsQuerySchema,
  runQuerySchema,
  runRequestSchema,
} from '#shared/contract/requests.ts';
import type { RunId } from '#shared/model/ids.ts';
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
    .get('/runs/:runId', async (c) => c.json(await services.viewRun(readRunId(c), readQuery(c, runQuerySchema))))
    .get('/runs/:runId/nodes', async (c) =>
      c.json(await services.listNodeRows(readRunId(c), readQuery(c, nodeRowsQuerySchema))),
    )
    .get('/runs/:runId/results', async (c) =>
      c.json(await services.listResults(readRunId(c), readQuery(c, resultsQuerySchema))),
    )
    .post('/runs/:runId/continue', async (c) => {
      const runId = readRunId(c);
      await services.continueRun(runId, await readBody(c, continueRequestSchema), c.get('actor'));
      return accepted(c, runId);
    })
    .post('/runs/:runId/abort', async (c) => {
      const runId = readRunId(c);
      await services.abortRun(runId, await readBody(c, abortRequestSchema), c.get('actor'));
      return accepted(c, runId);
    })
    .post(
      '/runs/:runId/pause',
      control((...asked) => services.pauseRun(...asked)),
    )
    .post(
      '/runs/:runId/resume',
      control((...asked) => services.resumeRun(...asked)),
    );
};
