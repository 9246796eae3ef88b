import { ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { withoutCallLog } from '#functions/adapters/aws/without-call-log.ts';
import { type Dynalite, localClient, startDynalite } from '#test/kit/dynalite.ts';

let dynalite: Dynalite;
beforeAll(async () => {
  dynalite = await startDynalite();
});
afterAll(() => dynalite.stop());

it('keeps the SDK from telling its logger of calls', async () => {
  const told: unknown[] = [];
  const ignore = () => undefined;
  const logger = {
    trace: ignore,
    debug: ignore,
    warn: ignore,
    error: ignore,
    info: (line: unknown) => told.push(line),
  };
  const client = localClient(dynalite.endpoint, { logger });
  await client.send(new ListTablesCommand());
  expect(told).toHaveLength(1);

  await withoutCallLog(client).send(new ListTablesCommand());

  expect(told).toHaveLength(1);
  client.destroy();
});
