import { randomBytes, randomUUID } from 'node:crypto';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { PushFileRequest } from '#shared/ports/agent.ts';
import { ended, invocationOf } from './agent-sendings.ts';
import { type AgentKindUnderTest, type AgentUnderTest, openAgentForSuite } from './open-agent.ts';

const fileTo = ({ scope, good, dir }: AgentUnderTest, more: Partial<PushFileRequest> = {}): PushFileRequest => ({
  ...scope,
  invocationId: `t-${randomUUID()}`,
  instanceIds: good.slice(0, 1),
  path: join(dir, `pushed-${randomUUID()}`, 'a file\'s "name" — ü'),
  content: randomBytes(1_000),
  mode: '0640',
  overwrite: false,
  ...more,
});

const push = async (subject: AgentUnderTest, request: PushFileRequest) =>
  ended(subject, invocationOf(subject, await subject.agent.pushFile(request), request.instanceIds));

/** Pushing files. */
export const fileContract = (kind: AgentKindUnderTest): void => {
  describe(`agent ${kind.kind}: files`, () => {
    const subject = openAgentForSuite(kind);

    test('writes a file of any bytes with its mode, in a folder that was not there, and leaves nothing else', async () => {
      const request = fileTo(subject());
      await expect(push(subject(), request)).resolves.toMatchObject([{ state: 'succeeded', reason: null }]);
      await expect(readFile(request.path)).resolves.toEqual(request.content);
      expect((await stat(request.path)).mode & 0o777).toBe(0o640);
      await expect(readdir(join(request.path, '..'))).resolves.toHaveLength(1);
    });

    test('writes a file of the largest size', async () => {
      const request = fileTo(subject(), { content: randomBytes(24_576) });
      await expect(push(subject(), request)).resolves.toMatchObject([{ state: 'succeeded' }]);
      await expect(readFile(request.path)).resolves.toEqual(request.content);
    });

    test('leaves a file that is there alone unless told to overwrite it', async () => {
      const { dir } = subject();
      const path = join(dir, `there-${randomUUID()}`);
      await writeFile(path, 'old');
      const [kept] = await push(subject(), fileTo(subject(), { path }));
      expect(kept?.state).toBe('failed');
      await expect(readFile(path, 'utf8')).resolves.toBe('old');
      const request = fileTo(subject(), { path, content: Buffer.from('new'), overwrite: true });
      await expect(push(subject(), request)).resolves.toMatchObject([{ state: 'succeeded' }]);
      await expect(readFile(path, 'utf8')).resolves.toBe('new');
    });

    test('refuses an instance that does not exist', async () => {
      const { agent, unknown, good } = subject();
      const receipt = await agent.pushFile(fileTo(subject(), { instanceIds: [unknown, ...good.slice(0, 1)] }));
      expect(receipt).toMatchObject({ agentInvocationId: expect.any(String), refusals: [{ instanceId: unknown }] });
    });

    test('sends to a full batch', async () => {
      const { agent, good } = subject();
      const instanceIds = good.slice(0, agent.limits.instances);
      const reports = await push(subject(), fileTo(subject(), { instanceIds, overwrite: true }));
      expect(reports.filter(({ state }) => state === 'succeeded')).toHaveLength(instanceIds.length);
    });

    test('refuses a file that is too large', async () => {
      const request = fileTo(subject(), { content: new Uint8Array(24_577) });
      await expect(subject().agent.pushFile(request)).rejects.toMatchObject({ code: 'request.too-large' });
    });
  });
};
