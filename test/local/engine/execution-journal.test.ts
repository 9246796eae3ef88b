import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openExecutionJournal } from '#local/engine/execution-journal.ts';
import { runIdSchema } from '#shared/model/ids.ts';

const input = { runId: runIdSchema.parse('01ARZ3NDEKTSV4RRFFQ69G5FAV'), attempt: 1 };
const folder = () => mkdtempSync(join(tmpdir(), 'drover-journal-'));

describe('the execution journal', () => {
  it('remembers over a restart what was started and not ended', async () => {
    const dir = folder();
    const journal = await openExecutionJournal(dir);
    expect(await journal.begin(input)).toBe(true);
    expect(await journal.begin({ ...input, attempt: 2 })).toBe(true);
    await journal.end(input);

    const again = await openExecutionJournal(dir);

    expect(await again.unfinished()).toEqual([{ ...input, attempt: 2 }]);
  });

  it('starts an execution once, also when two ask at once and after its end', async () => {
    const journal = await openExecutionJournal(folder());

    const answers = await Promise.all([journal.begin(input), journal.begin(input)]);
    await journal.end(input);

    expect(answers.filter(Boolean)).toHaveLength(1);
    expect(await journal.begin(input)).toBe(false);
  });

  it('forgets a start that a crash left half written', async () => {
    const dir = folder();
    const journal = await openExecutionJournal(dir);
    writeFileSync(join(dir, 'running', 'broken.json'), '{"runId": "01AR');

    expect(await journal.unfinished()).toEqual([]);
    expect(readdirSync(join(dir, 'running'))).toEqual([]);
  });
});
