import { Hono } from 'hono';
import { completeFileRequestSchema, filePathSchema, offerFileRequestSchema } from '#shared/contract/file-requests.ts';
import { AppError } from '#shared/errors/app-error.ts';
import type { ApiEnv } from '../api-env.ts';
import { readBody } from '../parse-request.ts';
import type { ApiServices } from '../services.ts';

const digestOf = (given: string): string => {
  const read = filePathSchema.safeParse({ sha256: given });
  if (read.success) return read.data.sha256;
  throw new AppError('request.invalid', `'${given}' is not a SHA-256 in hexadecimal`);
};

/** Files that runs are given. */
export const fileRoutes = (services: ApiServices): Hono<ApiEnv> =>
  new Hono<ApiEnv>()
    .post('/files', async (c) => c.json(await services.offerFile(await readBody(c, offerFileRequestSchema))))
    .post('/files/:sha256', async (c) =>
      c.json(
        await services.completeFile(
          digestOf(c.req.param('sha256')),
          await readBody(c, completeFileRequestSchema),
          c.get('actor'),
        ),
      ),
    );
