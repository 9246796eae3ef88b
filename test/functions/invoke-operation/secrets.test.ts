import { createDecipheriv, createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { AppError } from '#shared/errors/app-error.ts';
import { driveBatch, openFirst } from '#test/kit/drive.ts';
import { putCommandAs } from '#test/kit/library.ts';
import { host, hosts, op, type Rig, useRigs } from '#test/kit/rig.ts';
import { groupOf, invocationOf, resultsOf } from './opened-batch.ts';

const newRig = useRigs();

const withSecrets = async (rig: Rig, operations: readonly unknown[], more: Readonly<Record<string, unknown>> = {}) => {
  const runId = await rig.submit([groupOf(operations, { maxFailures: '100%', ...more })], {
    spec: { params: { token: { type: 'secret' }, other: { type: 'secret' }, plain: { type: 'string', default: 'p' } } },
    params: { token: 'ssm:/a', other: 'secretsmanager:b#k' },
  });
  const { batches } = await openFirst(rig, runId);
  return { runId, batchId: batches[0]!, batches };
};

/** The text that a sending's blob holds, opened as a node opens it. */
const openBlob = async (rig: Rig, script: string): Promise<string> => {
  const key = /_?\w+=([A-Za-z0-9_-]{43}) openssl/.exec(script)?.[1] ?? '';
  const digest = /sha256sum\) in ([0-9a-f]{64})/.exec(script)?.[1];
  const [name = ''] = rig.blobs.keys().filter((one) => one.startsWith('secrets/') && one.endsWith(digest ?? '-'));
  const sealed = Buffer.from(new TextDecoder().decode(await rig.blobs.get(name)), 'base64');
  const sha = (...parts: readonly (string | Uint8Array)[]) =>
    parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest();
  const salt = sealed.subarray(8, 16);
  const cipherKey = sha(key, salt);
  const decipher = createDecipheriv('aes-256-ctr', cipherKey, sha(cipherKey, key, salt).subarray(0, 16));
  return Buffer.concat([decipher.update(sealed.subarray(16)), decipher.final()]).toString('utf8');
};

const secretBlobs = (rig: Rig): readonly string[] => rig.blobs.keys().filter((key) => key.startsWith('secrets/'));

const everythingKept = async (rig: Rig, runId: Parameters<Rig['records']>[0]): Promise<string> => {
  const blobs = await Promise.all(rig.blobs.keys().map((key) => rig.blobs.get(key)));
  return JSON.stringify(await rig.records(runId)) + blobs.map((bytes) => Buffer.from(bytes).toString('latin1')).join();
};

const secretsOf = (rig: Rig) => {
  rig.secrets.values.set('ssm:/a', `t0k3n 'quoted' $x`);
  rig.secrets.values.set('secretsmanager:b#k', 'another-one');
};

describe('sending an operation with secrets', () => {
  it('seals them for Windows nodes as PowerShell opens them', async () => {
    const rig = newRig([{ ...host('i-002'), os: 'windows' as const }]);
    secretsOf(rig);
    const batch = await withSecrets(rig, [op('a', { interpreter: 'python3', env: { T: 'x${{ params.token }}' } })]);

    await rig.tasks.invokeOperation(batch);

    const sent = rig.aws.sends.find(({ invocationId }) => invocationId.startsWith(batch.runId));
    expect(sent).toMatchObject({ shell: 'powershell', instanceIds: ['i-002'] });
    const script = sent?.script ?? '';
    expect(script).toContain(`ds 'T' ('x'+$dx['0'])`);
    const key = /='([A-Za-z0-9_-]{43})'/.exec(script)?.[1] ?? '';
    const [name = ''] = secretBlobs(rig);
    const sealed = Buffer.from(new TextDecoder().decode(await rig.blobs.get(name)), 'base64');
    const sha = (...parts: readonly (string | Uint8Array)[]) =>
      parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest();
    const salt = sealed.subarray(8, 16);
    const cipherKey = sha(key, salt);
    const decipher = createDecipheriv('aes-256-cbc', cipherKey, sha(cipherKey, key, salt).subarray(0, 16));
    const opened = Buffer.concat([decipher.update(sealed.subarray(16)), decipher.final()]).toString('utf8');
    expect(opened.split('\n')[0]).toBe(`s0 ${Buffer.from(`t0k3n 'quoted' $x`).toString('base64')}`);
    expect(await everythingKept(rig, batch.runId)).not.toContain('t0k3n');
  });

  it('refuses more than Windows can take, and says so on each node', async () => {
    const rig = newRig([{ ...host('i-002'), os: 'windows' as const }]);
    rig.secrets.values.set('ssm:/a', 'x'.repeat(20_000));
    const { runId, batchId } = await withSecrets(rig, [
      op('a', { interpreter: 'python3', env: { T: '${{ params.token }}' } }),
    ]);
    await driveBatch(rig, runId, batchId);
    const { items } = await rig.services.listResults(runId, { limit: 10 });
    expect(items[0]?.reason).toMatch(/^secret\.invalid: .* 20000 bytes .* takes 16384 on Windows nodes/);
  });

  it('fetches each once for a batch, seals them, and shows them in nothing that is sent or kept', async () => {
    const rig = newRig(hosts(40));
    secretsOf(rig);
    const batch = await withSecrets(rig, [
      op('a', {
        env: { T: '${{ params.token }}', U: 'https://${{ params.other }}@${{ node.id }}', P: '${{ params.plain }}' },
      }),
    ]);

    await rig.tasks.invokeOperation(batch);

    const sent = rig.aws.sends.find(({ invocationId }) => invocationId.startsWith(batch.runId));
    expect(rig.secrets.fetched).toEqual(['secretsmanager:b#k', 'ssm:/a']);
    expect(sent?.instanceIds).toHaveLength(40);
    expect(await openBlob(rig, sent!.script)).toContain(`_s1='t0k3n '\\''quoted'\\'' $x'`);
    expect(await openBlob(rig, sent!.script)).toContain(`_s0='another-one'`);
    expect(sent!.script).toContain(`T="$_s1"`);
    expect(sent!.script).toContain(`U='https://'"$_s0"'@i-007'`);
    expect(sent!.script).toContain(`P='p'`);
    expect(sent!.timeoutSeconds).toBeGreaterThan(3600 + 60);
    const shown = sent!.script + (await everythingKept(rig, batch.runId));
    expect(shown).not.toMatch(/t0k3n|another-one|YW5vdGhlci1vbmU/);
  });

  it('takes one through a command: its secret argument is sealed, its plain ones are not', async () => {
    const rig = newRig(hosts(2));
    secretsOf(rig);
    await putCommandAs(rig.services, 'secret/login', {
      run: 'login "$user" "$token"',
      arguments: { token: { type: 'secret', required: true }, user: {} },
    });
    const batch = await withSecrets(rig, [
      { id: 'a', use: 'secret/login', with: { token: 'Bearer ${{ params.token }}', user: 'ann' } },
    ]);

    await rig.tasks.invokeOperation(batch);

    const sent = rig.aws.sends.find(({ invocationId }) => invocationId.startsWith(batch.runId));
    expect(sent!.script).toContain(`token='Bearer '"$_s0"`);
    expect(sent!.script).toContain(`user='ann'`);
    expect(await openBlob(rig, sent!.script)).toContain(`_s0='t0k3n '\\''quoted'\\'' $x'`);
    expect(sent!.script + (await everythingKept(rig, batch.runId))).not.toContain('t0k3n');
  });

  it('keeps the sealed values until every node has answered, and no longer', async () => {
    const rig = newRig(hosts(2));
    secretsOf(rig);
    rig.script.answer = ({ instanceId }) => (instanceId === 'i-001' ? { exit: 0 } : { state: 'running' });
    const batch = await withSecrets(rig, [op('a', { env: { T: '${{ params.token }}' } }), op('b')]);
    const { invocationId } = await rig.tasks.invokeOperation(batch);
    expect(secretBlobs(rig)).toHaveLength(1);
    expect(await invocationOf(rig, batch)).toMatchObject({ secretsBlob: secretBlobs(rig)[0] });
    if (invocationId === '') throw new Error('nothing was sent');

    await rig.tasks.collectResults({ ...batch, invocationId });
    expect(secretBlobs(rig)).toHaveLength(1);
    rig.script.answer = () => ({ exit: 0 });
    await rig.tasks.collectResults({ ...batch, invocationId });
    expect(secretBlobs(rig)).toEqual([]);
    await rig.tasks.collectResults({ ...batch, invocationId });

    await driveBatch(rig, batch.runId, batch.batchId);
    expect(await resultsOf(rig, batch)).toEqual([
      'a i-001 succeeded',
      'a i-002 succeeded',
      'b i-001 succeeded',
      'b i-002 succeeded',
    ]);
    expect(rig.secrets.fetched.filter((name) => name === 'secretsmanager:b#k')).toEqual([]);
  });

  it('sends again under a fresh key after a call that never arrived, and leaves the first blob alone', async () => {
    const rig = newRig(hosts(2));
    secretsOf(rig);
    let scripts: readonly string[] = [];
    rig.script.beforeSend = ({ script }) => {
      scripts = [...scripts, script];
      if (scripts.length === 1) throw new AppError('agent.unavailable', 'no answer');
    };
    const batch = await withSecrets(rig, [op('a', { env: { T: '${{ params.token }}' } })]);

    await expect(rig.tasks.invokeOperation(batch)).rejects.toMatchObject({ code: 'agent.unavailable' });
    rig.secrets.values.set('ssm:/a', 'rotated meanwhile');
    await rig.tasks.invokeOperation(batch);

    expect(scripts).toHaveLength(2);
    expect(secretBlobs(rig)).toHaveLength(2);
    expect(await openBlob(rig, scripts[0]!)).toContain('t0k3n');
    expect(await openBlob(rig, scripts[1]!)).toContain('rotated meanwhile');
    const fences = scripts.map((script) => /='(\w*_2Ea_2Ea1_2Es0_2Et0)'/.exec(script)?.[1]);
    expect(fences[0]).toBeDefined();
    expect(fences[1]).toBe(fences[0]);
  });

  it('asks for no secret when the agent has the sending already', async () => {
    const rig = newRig(hosts(2));
    secretsOf(rig);
    rig.script.afterSend = () => {
      throw new AppError('agent.unavailable', 'the answer was lost');
    };
    const batch = await withSecrets(rig, [op('a', { env: { T: '${{ params.token }}' } })]);
    await expect(rig.tasks.invokeOperation(batch)).rejects.toMatchObject({ code: 'agent.unavailable' });
    rig.secrets.failing.set('ssm:/a', 'secret.forbidden');

    expect(await rig.tasks.invokeOperation(batch)).toMatchObject({ state: 'open' });

    expect(rig.aws.sends).toHaveLength(1);
    expect(rig.secrets.fetched).toHaveLength(1);
  });

  it.each(['secret.not-found', 'secret.forbidden', 'secret.unavailable'] as const)(
    'fails every node with %s, sends nothing, and says the same when it is delivered again',
    async (code) => {
      const rig = newRig(hosts(3));
      secretsOf(rig);
      rig.secrets.failing.set('ssm:/a', code);
      const batch = await withSecrets(rig, [op('a', { env: { T: '${{ params.token }}' } }), op('b')]);

      expect(await rig.tasks.invokeOperation(batch)).toMatchObject({ state: 'done' });
      const before = await rig.records(batch.runId);
      expect(await rig.tasks.invokeOperation(batch)).toMatchObject({ state: 'done' });

      expect(rig.aws.sends).toEqual([]);
      const outcomes = (await rig.store.listResults(batch.runId, batch.batchId)).map(({ outcome }) => outcome);
      expect(outcomes).toMatchObject(Array(3).fill({ status: 'failed', reason: `${code}: ssm:/a could not be read` }));
      expect(await rig.records(batch.runId)).toEqual(before);
      expect(secretBlobs(rig)).toEqual([]);
    },
  );

  it('goes on with a failed fetch as with every tolerated failure', async () => {
    const rig = newRig(hosts(1));
    const batch = await withSecrets(rig, [op('a', { env: { T: '${{ params.token }}' }, failIgnore: true }), op('b')]);
    await driveBatch(rig, batch.runId, batch.batchId);
    expect(await resultsOf(rig, batch)).toEqual(['a i-001 failed', 'b i-001 succeeded']);
  });

  it('removes what it sealed when every node is refused, or the script is too large', async () => {
    const rig = newRig(hosts(2));
    secretsOf(rig);
    rig.script.refuse = () => 'not registered';
    const batch = await withSecrets(rig, [op('a', { env: { T: '${{ params.token }}' } })]);
    await rig.tasks.invokeOperation(batch);
    expect(secretBlobs(rig)).toEqual([]);

    rig.script.limits = { ...rig.script.limits, scriptBytes: 6000 };
    const other = await withSecrets(rig, [op('a', { env: { T: '${{ params.token }}' } })]);
    await rig.tasks.invokeOperation(other);
    expect((await rig.store.listResults(other.runId, other.batchId))[0]?.outcome.reason).toMatch(/^script\.too-large/);
    expect(secretBlobs(rig)).toEqual([]);
  });

  it('leaves oos-secret: to the agent of Alibaba Cloud, and says on other nodes that it cannot', async () => {
    const nodes = [host('i-001'), host('i-bp1', { agent: 'aliyun', region: 'cn-hangzhou' })];
    const rig = newRig(nodes);
    const operation = op('a', { env: { T: '${{ params.token }}' }, when: 'node.id != ""' });
    const runId = await rig.submit([groupOf([operation], { maxFailures: '100%' })], {
      spec: { params: { token: { type: 'secret' } } },
      params: { token: 'oos-secret:shop_token' },
    });
    const { batches } = await openFirst(rig, runId);
    for (const batchId of batches) await driveBatch(rig, runId, batchId);

    expect(rig.secrets.fetched).toEqual([]);
    expect(secretBlobs(rig)).toEqual([]);
    const [sent] = rig.aliyun.sends;
    expect(sent?.needsInstanceId).toBe(true);
    expect(sent?.script).toContain('{{oos-secret:shop_token}}');
    expect(sent?.script).not.toContain('openssl');
    expect(rig.aws.sends).toEqual([]);
    const results = (await Promise.all(batches.map((batchId) => rig.store.listResults(runId, batchId)))).flat();
    expect(results.find(({ nodeId }) => nodeId === nodes[0]?.id)?.outcome).toMatchObject({
      status: 'failed',
      reason: expect.stringMatching(/^secret\.unsupported: oos-secret:shop_token/),
    });
  });

  it('warns of a value that is too short to be masked, without it', async () => {
    const rig = newRig(hosts(1));
    rig.secrets.values.set('ssm:/a', 'abc');
    const batch = await withSecrets(rig, [op('a', { env: { T: '${{ params.token }}' } })]);
    await rig.tasks.invokeOperation(batch);
    expect(rig.events).toContain('secret.too-short-to-mask');
    expect(rig.aws.sends).toHaveLength(1);
  });

  it('lets a level below put another value over a secret, and the other way round', async () => {
    const rig = newRig(hosts(1));
    secretsOf(rig);
    const phases = [
      {
        name: 'p',
        env: { A: 'plain', C: '${{ params.token }}' },
        operations: [
          op('a', { env: { B: '${{ params.token }}', C: 'over' } }),
          op('b', { env: { A: '1', B: '2', C: '3' } }),
        ],
      },
    ];
    const runId = await rig.submit([{ name: 'g', env: { A: '${{ params.token }}', B: 'plain' }, phases }], {
      spec: { params: { token: { type: 'secret' } } },
      params: { token: 'ssm:/a' },
    });
    const { batches } = await openFirst(rig, runId);
    await driveBatch(rig, runId, batches[0]!);
    const [first, second] = rig.aws.sends.map(({ script }) => script);
    expect(first).toContain(`A='plain'`);
    expect(first).toContain(`B="$_s0"`);
    expect(first).toContain(`C='over'`);
    expect(second).not.toMatch(/openssl|\$_s0/);
    expect(rig.secrets.fetched.filter((name) => name === 'ssm:/a')).toHaveLength(2);
  });
});

describe('collecting results of an operation with secrets', () => {
  const plain = `T0K3N-value and ${Buffer.from('xT0K3N-value').toString('base64')}`;
  const told = `T0K3N-value and ${Buffer.from('xT0K3N-value').toString('base64')} and ${encodeURIComponent('T0K3N/value=')}`;

  const collect = async (rig: Rig) => {
    rig.secrets.values.set('ssm:/a', 'T0K3N-value');
    rig.secrets.values.set('secretsmanager:b#k', 'T0K3N/value=');
    const env = { T: '${{ params.token }}', U: '${{ params.other }}' };
    const batch = await withSecrets(rig, [op('a', { env, outputs: { o: {} } })]);
    await driveBatch(rig, batch.runId, batch.batchId);
    return batch;
  };

  it('masks again what a node did not mask, before anything is kept', async () => {
    const rig = newRig(hosts(2));
    rig.script.answer = () => ({
      exit: 0,
      stdout: `${told}\n${'x'.repeat(5000)}${told}`,
      stderr: told,
      outputs: { o: plain },
    });
    const batch = await collect(rig);
    expect(await everythingKept(rig, batch.runId)).not.toMatch(/T0K3N|VDBLM04/);
    const [result] = await rig.store.listResults(batch.runId, batch.batchId);
    expect(result?.outcome).toMatchObject({
      status: 'succeeded',
      stderr: '****** and e****** and ******',
      outputs: { o: '****** and e******' },
    });
  });

  it('masks the words of an agent that lost the record', async () => {
    const rig = newRig(hosts(1));
    rig.script.answer = () => ({ state: 'failed', reason: `it said ${told}`, text: told, rawStatus: 'Failed' });
    const batch = await collect(rig);
    expect(await everythingKept(rig, batch.runId)).not.toMatch(/T0K3N|VDBLM04/);
  });

  it('loses no result when a secret cannot be read any more', async () => {
    const rig = newRig(hosts(1));
    rig.script.answer = () => {
      rig.secrets.failing.set('ssm:/a', 'secret.unavailable');
      return { exit: 0, stdout: `${told}` };
    };
    const batch = await collect(rig);
    const [result] = await rig.store.listResults(batch.runId, batch.batchId);
    expect(result?.outcome).toMatchObject({ status: 'succeeded', stdout: expect.stringMatching(/and \*{6}$/) });
  });
});
