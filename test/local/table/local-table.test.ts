import { expect, it } from 'vitest';
import { startLocalTable } from '#local/table/local-table.ts';

it('keeps idle connections open: one that closes at the moment when it is used again costs a call', async () => {
  const { endpoint, close } = await startLocalTable();

  const answer = await fetch(endpoint);
  await answer.arrayBuffer();

  expect(answer.headers.get('connection')).toBe('keep-alive');
  // With a limit the server announces it: `timeout=5`.
  expect(answer.headers.get('keep-alive')).toBeNull();
  await close();
});
