import { Hono } from 'hono';
import {
  applyJobRequestSchema,
  commandQuerySchema,
  jobQuerySchema,
  namesQuerySchema,
  putCommandRequestSchema,
  removeQuerySchema,
} from '#shared/contract/library-requests.ts';
import { pageQuerySchema } from '#shared/contract/requests.ts';
import type { ApiEnv } from '../api-env.ts';
import { readBody, readName, readQuery } from '../parse-request.ts';
import type { ApiServices } from '../services.ts';
import { answerTagged, writerOf } from '../tagged.ts';

/** Names hold slashes, and gateways may undo their escapes: the rest of the path is the name. */
const nameOf = (folder: string): string => `${folder}/:name{.+}`;

/** Commands: put, look, remove. */
export const commandRoutes = (services: ApiServices): Hono<ApiEnv> =>
  new Hono<ApiEnv>()
    .get('/commands', async (c) => c.json(await services.listCommands(readQuery(c, namesQuerySchema))))
    .get(nameOf('/commands'), async (c) =>
      answerTagged(c, await services.viewCommand(readName(c), readQuery(c, commandQuerySchema))),
    )
    .put(nameOf('/commands'), async (c) =>
      answerTagged(c, await services.putCommand(readName(c), await readBody(c, putCommandRequestSchema), writerOf(c))),
    )
    .delete(nameOf('/commands'), async (c) =>
      c.json(await services.removeCommand(readName(c), readQuery(c, removeQuerySchema), writerOf(c))),
    )
    .get(nameOf('/command-changes'), async (c) =>
      c.json(await services.listCommandChanges(readName(c), readQuery(c, pageQuerySchema))),
    );

/** Stored jobs: apply, look, remove. */
export const jobRoutes = (services: ApiServices): Hono<ApiEnv> =>
  new Hono<ApiEnv>()
    .get('/jobs', async (c) => c.json(await services.listJobs(readQuery(c, namesQuerySchema))))
    .get(nameOf('/jobs'), async (c) =>
      answerTagged(c, await services.viewJob(readName(c), readQuery(c, jobQuerySchema))),
    )
    .put(nameOf('/jobs'), async (c) =>
      answerTagged(c, await services.applyJob(readName(c), await readBody(c, applyJobRequestSchema), writerOf(c))),
    )
    .delete(nameOf('/jobs'), async (c) =>
      c.json(await services.removeJob(readName(c), readQuery(c, removeQuerySchema), writerOf(c))),
    )
    .get(nameOf('/job-changes'), async (c) =>
      c.json(await services.listJobChanges(readName(c), readQuery(c, pageQuerySchema))),
    );
