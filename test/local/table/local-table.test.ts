import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type LocalTable, startLocalTable } from '#local/table/local-table.ts';
import type { Log } from '#shared/ports/services.ts';
import { silentLog } from '#test/kit/system.ts';

let dir: string;
let path: string;
const opened = new Set<LocalTable>();

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'drover-table-'));
  path = join(dir, 'table');
});
afterEach(async () => {
  for (const table of opened) await table.close();
  opened.clear();
  rmSync(dir, { recursive: true, force: true });
});

const open = async (log: Log = silentLog): Promise<LocalTable> => {
  const table = await startLocalTable({ path, log });
  opened.add(table);
  return table;
};
const close = async (table: LocalTable): Promise<void> => {
  opened.delete(table);
  await table.close();
};

const put = ({ client, tableName }: LocalTable, sk: string, bytes = 10) =>
  client.send(
    new PutItemCommand({
      TableName: tableName,
      Item: { pk: { S: 'p' }, sk: { S: sk }, content: { B: randomBytes(bytes) } },
    }),
  );
const keys = async ({ client, tableName }: LocalTable): Promise<readonly string[]> => {
  const found: string[] = [];
  let from: QueryCommand['input']['ExclusiveStartKey'];
  do {
    const page = await client.send(
      new QueryCommand({
        TableName: tableName,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': { S: 'p' } },
        ConsistentRead: true,
        ExclusiveStartKey: from,
      }),
    );
    found.push(...(page.Items ?? []).map((item) => item['sk']?.S ?? ''));
    from = page.LastEvaluatedKey;
  } while (from !== undefined);
  return found;
};

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

/** Starts a process that owns the table in the folder and writes to it without end. */
const startOwner = async () => {
  const script = fileURLToPath(new URL('table-owner.ts', import.meta.url));
  const owner: ChildProcess = spawn(process.execPath, [script, path], { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines: string[] = [];
  createInterface({ input: owner.stdout! }).on('line', (line) => lines.push(line));
  const read = once(owner, 'close');
  await expect.poll(() => lines.length, { timeout: 30_000 }).toBeGreaterThan(20);
  return {
    tablePid: Number(lines[0]),
    /** Kills it and tells which items had been acknowledged. */
    kill: async (signal: NodeJS.Signals): Promise<readonly string[]> => {
      owner.kill(signal);
      await read;
      return lines.slice(1);
    },
  };
};

describe('the table of a process that dies', () => {
  it.each(['SIGKILL', 'SIGTERM'] as const)('ends with its owner by %s', async (signal) => {
    const owner = await startOwner();
    expect(isAlive(owner.tablePid)).toBe(true);

    await owner.kill(signal);

    await expect.poll(() => isAlive(owner.tablePid), { timeout: 30_000 }).toBe(false);
  });

  it('can be opened again at once, and has every acknowledged item', async () => {
    const owner = await startOwner();

    const acknowledged = await owner.kill('SIGKILL');
    const table = await open();

    const found = new Set(await keys(table));
    expect(acknowledged.filter((key) => !found.has(key))).toEqual([]);
    expect(table.pid()).not.toBe(owner.tablePid);
  });

  it('is waited for while it still holds its folder', async () => {
    const owner = await startOwner();
    process.kill(owner.tablePid, 'SIGSTOP');
    await owner.kill('SIGKILL');

    const opening = open();
    const outcome = opening.then(
      () => 'opened',
      () => 'refused',
    );
    expect(await Promise.race([outcome, wait(2000, 'still waiting')])).toBe('still waiting');
    process.kill(owner.tablePid, 'SIGCONT');

    expect(await outcome).toBe('opened');
    expect(await keys(await opening)).toContain('item-0');
  });
});

describe('the folder of a table', () => {
  it('is refused while a living process has it open, without waiting for that one', async () => {
    const owner = await startOwner();
    const startedMs = performance.now();

    await expect(startLocalTable({ path, log: silentLog })).rejects.toMatchObject({
      code: 'local.locked',
      message: expect.stringContaining(path),
    });
    // The table of a dead one is waited for up to fifteen seconds.
    expect(performance.now() - startedMs).toBeLessThan(14_000);
    expect(isAlive(owner.tablePid)).toBe(true);

    await owner.kill('SIGKILL');
  });

  it('is free after a close, and keeps what was written', async () => {
    const first = await open();
    const pid = first.pid()!;
    await put(first, 'kept');

    await close(first);

    expect(isAlive(pid)).toBe(false);
    expect(await keys(await open())).toEqual(['kept']);
  });

  it('does not grow when the same item is written again and again between queries', async () => {
    const table = await open();

    for (let count = 0; count < 240; count += 1) {
      await put(table, 'same', 250_000);
      await keys(table);
    }

    const bytes = readdirSync(path).reduce((sum, name) => sum + statSync(join(path, name)).size, 0);
    expect(bytes).toBeLessThan(40_000_000);
  });
});

describe('a table whose own process is killed', () => {
  it('is started again on the same port, and callers do not notice', async () => {
    const events: string[] = [];
    const table = await open({ ...silentLog, warn: (event) => events.push(event) });
    await put(table, 'before');
    const pid = table.pid()!;

    process.kill(pid, 'SIGKILL');
    await expect.poll(() => table.pid() !== pid).toBe(true);
    await put(table, 'after');

    expect(await keys(table)).toEqual(['after', 'before']);
    expect(events).toEqual(['table.restarted']);
  });

  it('can be closed in that moment', async () => {
    const table = await open();

    process.kill(table.pid()!, 'SIGKILL');
    await close(table);

    expect(isAlive(table.pid()!)).toBe(false);
  });
});

it('leaves the end to its owner when both get a Ctrl-C', async () => {
  const table = await open();

  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.kill(table.pid()!, signal);
  await put(table, 'after');

  expect(await keys(table)).toEqual(['after']);
});
