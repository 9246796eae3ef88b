import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Journal, type RecordPlace } from '#local/cloud/provider/journal.ts';
import { OutputStore } from '#local/cloud/provider/output-store.ts';
import { testDir } from '../harness.ts';

const record = (t: string, text = '') => ({ k: 'x', t, text });
const textsOf = (journal: Journal): string[] => {
  const texts: string[] = [];
  journal.replay((text) => texts.push(text));
  return texts;
};

test('replays what was appended, from a new process as well, and reads a record at its place', async () => {
  const path = join(await testDir(), 'a', 'journal.jsonl');
  const journal = new Journal(path);
  const places = Array.from({ length: 300 }, (_, n) => journal.append(record(`é${n}`, 'x'.repeat(n * 40))));
  journal.close();
  const again = new Journal(path);
  const found: RecordPlace[] = [];
  again.replay((_text, place) => found.push(place));
  expect(found).toEqual(places);
  expect(JSON.parse(again.read(places[299]!))).toMatchObject({ t: 'é299' });
  expect(again.sizeBytes).toBe(readFileSync(path).length);
  again.close();
});

test('half a line at the end, left by a kill, is cut off', async () => {
  const path = join(await testDir(), 'journal.jsonl');
  const journal = new Journal(path);
  journal.append(record('one'));
  journal.close();
  appendFileSync(path, '{"k":"x","t":"tw');
  const again = new Journal(path);
  again.append(record('three'));
  expect(textsOf(again).map((text) => JSON.parse(text).t)).toEqual(['one', 'three']);
  again.close();
});

test('compacting keeps the accepted records and goes on', async () => {
  const journal = new Journal(join(await testDir(), 'journal.jsonl'));
  for (const t of ['a', 'b', 'c']) journal.append(record(t));
  journal.compact((text) => !text.includes('"b"'));
  const place = journal.append(record('d'));
  expect(textsOf(journal).map((text) => JSON.parse(text).t)).toEqual(['a', 'c', 'd']);
  expect(JSON.parse(journal.read(place))).toMatchObject({ t: 'd' });
  journal.close();
});

test('outputs that no longer fit in memory are read back from the journal', async () => {
  const journal = new Journal(join(await testDir(), 'journal.jsonl'));
  const outputs = new OutputStore(journal);
  const places = Array.from({ length: 40 }, (_, n) => {
    const end = {
      cause: 'exited',
      exitCode: 0,
      stdout: String(n).repeat(500_000),
      stderr: '',
      stdoutBytes: 1,
      stderrBytes: 0,
      startedAtMs: 0,
      endedAtMs: 0,
    } as const;
    const place = journal.append({ k: 'end', t: 'task', end });
    outputs.keep(place, end);
    return place;
  });
  expect(places.map((place) => outputs.get(place).stdout.slice(0, 2))).toEqual(
    Array.from({ length: 40 }, (_, n) => String(n).repeat(2).slice(0, 2)),
  );
  expect(outputs.get(undefined)).toMatchObject({ stdout: '', stderr: '' });
  journal.close();
});
