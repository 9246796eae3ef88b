import { describe, expect, it } from 'vitest';
import { searchOutput } from '#functions/list-results/search-output.ts';
import { createJsonBlobs } from '#functions/records/json-blob.ts';
import { createLineMatcher } from '#functions/records/line-matcher.ts';
import type { SearchQuery } from '#shared/contract/requests.ts';
import type { OutputMatch } from '#shared/contract/run-views.ts';
import type { RunId } from '#shared/model/ids.ts';
import { driveAttempt } from '#test/kit/drive.ts';
import { hosts, op, type Rig, useRigs } from '#test/kit/rig.ts';
import { uploadAsNode } from '#test/kit/uploads.ts';

const newRig = useRigs();
const groups = [{ name: 'g', phases: [{ name: 'p', operations: [op('a'), op('b')] }] }];
const queryOf = (pattern: string, change: Partial<SearchQuery> = {}): SearchQuery => ({
  pattern,
  ignoreCase: false,
  in: 'both',
  limit: 100,
  ...change,
});

const lines = (matches: readonly OutputMatch[]) =>
  matches.map(({ nodeId, operation, stream, line, offset, text }) =>
    [nodeId, operation, stream, line, offset, text].join(' '),
  );

/** Every match, page by page. */
const searchAll = async (
  search: (cursor: string | undefined) => Promise<{ readonly items: readonly OutputMatch[]; readonly cursor?: string }>,
) => {
  const found: OutputMatch[] = [];
  let pages = 0;
  let cursor: string | undefined;
  do {
    const page = await search(cursor);
    found.push(...page.items);
    cursor = page.cursor;
    pages += 1;
  } while (cursor !== undefined && pages < 1000);
  return { found, pages };
};

const ran = async (nodes = 2): Promise<{ readonly rig: Rig; readonly runId: RunId }> => {
  const rig = newRig(hosts(nodes));
  rig.script.answer = ({ instanceId, operation }) => ({
    exit: 0,
    stdout: `start ${operation}\r\n\u001b[31merr\u001b[0mor on ${instanceId}\nend`,
    stderr: operation === 'b' ? 'warn: Error again\n' : '',
  });
  const runId = await rig.submit(groups);
  await driveAttempt(rig, runId);
  return { rig, runId };
};

describe('searching the output', () => {
  it('finds lines on all nodes, in both streams, with colours taken out', async () => {
    const { rig, runId } = await ran();
    const { items, cursor } = await rig.services.searchOutput(runId, queryOf('error', { ignoreCase: true }));
    expect(lines(items)).toEqual([
      'i-001 a stdout 2 9 error on i-001',
      'i-002 a stdout 2 9 error on i-002',
      'i-001 b stdout 2 9 error on i-001',
      'i-001 b stderr 1 0 warn: Error again',
      'i-002 b stdout 2 9 error on i-002',
      'i-002 b stderr 1 0 warn: Error again',
    ]);
    expect(cursor).toBeUndefined();
  });

  it('can be held to a stream, an operation, a node, an attempt', async () => {
    const { rig, runId } = await ran();
    const search = async (change: Partial<SearchQuery>) =>
      lines((await rig.services.searchOutput(runId, queryOf('[Ee]rror', change))).items);
    expect(await search({ in: 'stderr', node: 'h-1' })).toEqual(['i-001 b stderr 1 0 warn: Error again']);
    expect(await search({ operation: 'a', node: 'i-002' })).toEqual(['i-002 a stdout 2 9 error on i-002']);
    expect(await search({ attempt: 2 })).toEqual([]);
  });

  it('anchors hold for lines, without their ends', async () => {
    const { rig, runId } = await ran(1);
    const { items } = await rig.services.searchOutput(runId, queryOf('^start a$|^end$', { operation: 'a' }));
    expect(lines(items)).toEqual(['i-001 a stdout 1 0 start a', 'i-001 a stdout 3 33 end']);
  });

  it.each([1, 2, 3, 7])('goes on from page to page, each match once (%d at a time)', async (limit) => {
    const { rig, runId } = await ran(3);
    const all = lines((await rig.services.searchOutput(runId, queryOf('r'))).items);
    const { found } = await searchAll((cursor) =>
      rig.services.searchOutput(runId, { ...queryOf('r', { limit }), cursor }),
    );
    expect(lines(found)).toEqual(all);
    expect(all.length).toBeGreaterThan(8);
  });

  it('reads all of long output, and goes on within it', async () => {
    const rig = newRig(hosts(1));
    const runId = await rig.submit([{ name: 'g', phases: [{ name: 'p', operations: [op('a')] }] }]);
    const text = Array.from({ length: 200_000 }, (_, index) => `line ${index + 1}\n`).join('');
    const recorded = await uploadAsNode(
      rig.blobs,
      { runId, operation: 'a', instanceId: 'i-001' },
      { bytes: Buffer.from(text) },
    );
    rig.script.answer = () => recorded;
    await driveAttempt(rig, runId);

    const { found } = await searchAll((cursor) =>
      rig.services.searchOutput(runId, { ...queryOf('^line \\d*0000$', { limit: 6 }), cursor }),
    );

    expect(found.map(({ line, text: matched }) => `${line} ${matched}`)).toEqual(
      Array.from({ length: 20 }, (_, index) => `${(index + 1) * 10_000} line ${(index + 1) * 10_000}`),
    );
    expect(found.every(({ offset, text: matched }) => text.startsWith(matched, offset))).toBe(true);
  });

  it('stops when its time is over and goes on where it stopped, losing nothing', async () => {
    const { rig, runId } = await ran(3);
    let now = 0;
    const impatient = searchOutput({
      ...rig,
      json: createJsonBlobs(rig.blobs),
      clock: { now: () => (now += 6000) },
    });
    const { found, pages } = await searchAll((cursor) => impatient(runId, { ...queryOf('r'), cursor }));
    expect(lines(found)).toEqual(lines((await rig.services.searchOutput(runId, queryOf('r'))).items));
    expect(pages).toBeGreaterThan(5);
  });

  it('shows the part of a long line that matches', async () => {
    const rig = newRig(hosts(1));
    rig.script.answer = () => ({ exit: 0, stdout: `${'a'.repeat(3000)}needle${'b'.repeat(3000)}` });
    const runId = await rig.submit([{ name: 'g', phases: [{ name: 'p', operations: [op('a')] }] }]);
    await driveAttempt(rig, runId);
    const { items } = await rig.services.searchOutput(runId, queryOf('needle'));
    expect(items[0]?.text).toMatch(/^…a{200}needleb{794}…$/);
  });

  it('refuses what is no pattern, gives up on one that takes for ever, and refuses another cursor', async () => {
    const rig = newRig(hosts(1));
    rig.script.answer = () => ({ exit: 0, stdout: `${'a'.repeat(60)}!\n` });
    const runId = await rig.submit([{ name: 'g', phases: [{ name: 'p', operations: [op('a')] }] }]);
    await driveAttempt(rig, runId);
    const search = (pattern: string, change: Partial<SearchQuery> = {}) =>
      rig.services.searchOutput(runId, queryOf(pattern, change));
    await expect(search('(')).rejects.toMatchObject({ code: 'request.invalid' });
    await expect(search('(a+)+$')).rejects.toMatchObject({ code: 'search.too-slow' });
    await expect(search('a', { cursor: '1.2' })).rejects.toMatchObject({ code: 'request.invalid' });
  });
});

describe('a pattern', () => {
  it('may have escapes that stand for nothing, and knows Unicode', () => {
    expect(createLineMatcher('a\\-b', false).find(['a-b', 'ab'])).toEqual([[0, 0]]);
    expect(createLineMatcher('^.$', false).find(['😀', 'ab'])).toEqual([[0, 0]]);
    expect(createLineMatcher('É', true).find(['x é'])).toEqual([[0, 2]]);
  });
});
