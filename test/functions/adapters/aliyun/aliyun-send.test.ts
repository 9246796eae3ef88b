import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fixedCredentials } from '#functions/adapters/agent/kept-credentials.ts';
import { createAliyunAgent } from '#functions/adapters/aliyun/aliyun-agent.ts';
import { aliyunClients } from '#functions/adapters/aliyun/aliyun-clients.ts';
import { runCommandFields } from '#functions/adapters/aliyun/aliyun-send.ts';
import { derivedToken } from '#functions/adapters/aliyun/client-token.ts';
import { createEcsCalls } from '#functions/adapters/aliyun/ecs-calls.ts';
import type { RpcTransport } from '#functions/adapters/aliyun/rpc-transport.ts';
import { countedScript, ended, invocationOf, lookUntil, runOnOne, sending } from '#test/contract/agent-sendings.ts';
import { type AgentKindUnderTest, openAgentForSuite } from '#test/contract/open-agent.ts';
import { patientPacing } from '#test/functions/adapters/agent/patient-pacing.ts';

const kind: AgentKindUnderTest = {
  kind: 'aliyun',
  region: 'cn-hangzhou',
  actions: { send: 'RunCommand', look: 'DescribeInvocationResults' },
  open: ({ ecsEndpoint }) =>
    createAliyunAgent({
      ...patientPacing,
      clientFor: aliyunClients({
        endpoint: ecsEndpoint,
        protocol: 'http',
        credentials: fixedCredentials({ accessKeyId: 'local', accessKeySecret: 'local' }),
      }),
    }),
};

describe('sending by Cloud Assistant', () => {
  const subject = openAgentForSuite(kind);

  test('leaves two braces in a script alone', async () => {
    await expect(runOnOne(subject(), "echo '{{ACS::InstanceId}} {{ name }}'")).resolves.toMatchObject({
      text: '{{ACS::InstanceId}} {{ name }}\n',
    });
  });

  test('has the instance id filled in when the script asks for it', async () => {
    const ids = subject().good.slice(0, 2);
    const request = sending(subject(), ids, "echo '{{ACS::InstanceId}}'", { needsInstanceId: true });
    const receipt = await subject().agent.send(request);
    const reports = await ended(subject(), invocationOf(subject(), receipt, ids));
    expect(reports.map(({ text }) => text).toSorted()).toEqual(ids.map((id) => `${id}\n`).toSorted());
  });

  test('starts nothing new when the same sending comes again', async () => {
    const request = sending(subject(), subject().good.slice(0, 2), 'true');
    const first = await subject().agent.send(request);
    await expect(subject().agent.send(request)).resolves.toEqual(first);
  });

  test('starts nothing new when a sending comes again of which an instance was refused', async () => {
    const request = sending(subject(), [subject().unknown, ...subject().good.slice(0, 2)], 'true');
    const first = await subject().agent.send(request);
    await expect(subject().agent.send(request)).resolves.toEqual(first);
  });

  test('asks to look our id up when it comes again with another script: the first one took effect', async () => {
    const request = sending(subject(), subject().good.slice(0, 1), 'true');
    await subject().agent.send(request);
    await expect(subject().agent.send({ ...request, script: 'false' })).rejects.toMatchObject({
      code: 'agent.unavailable',
    });
  });

  test('never sends the token of a refused call with other instances', async () => {
    const tokens: unknown[] = [];
    const refusal = Object.assign(new Error('no such instance'), {
      name: 'ClientError',
      code: 'InvalidInstance.NotFound',
    });
    const transport: RpcTransport = async (action, query) => {
      if (action === 'DescribeInstances') return { Instances: { Instance: [{ InstanceId: 'i-1' }] } };
      tokens.push(query['ClientToken']);
      if (tokens.length === 1) throw refusal;
      return { InvokeId: 't-1' };
    };
    const agent = createAliyunAgent({ ...patientPacing, clientFor: () => createEcsCalls('cn-hangzhou', transport) });
    const request = sending(subject(), ['i-1', 'i-2'], 'true');
    await expect(agent.send(request)).resolves.toMatchObject({ agentInvocationId: 't-1' });
    expect(tokens).toEqual([request.invocationId, derivedToken('run', request.invocationId, ['i-1'])]);
  });

  test('sends once more what it sent, to some of the instances, and once only for the same ids', async () => {
    const { agent } = subject();
    const ids = subject().good.slice(0, 3);
    const [first = '', ...others] = ids;
    const counted = countedScript(subject());
    const request = sending(subject(), ids, `${counted.script}; echo '{{ACS::InstanceId}}'`, { needsInstanceId: true });
    const sent = invocationOf(subject(), await agent.send(request), ids);
    await ended(subject(), sent);

    const again = await agent.sendAgain?.({ ...sent, instanceIds: others });
    expect(again?.agentInvocationId?.startsWith(`${sent.agentInvocationId}+`)).toBe(true);
    await expect(agent.sendAgain?.({ ...sent, instanceIds: others })).resolves.toEqual(again);
    const whole = invocationOf(subject(), again ?? {}, ids);
    const reports = await lookUntil(
      subject(),
      whole,
      (all) => all.length === 5 && all.every((one) => one.text !== null),
    );
    expect(reports.filter(({ instanceId }) => instanceId === first)).toHaveLength(1);
    expect(reports.every(({ instanceId, text }) => text === `${instanceId}\n`)).toBe(true);
    expect(await counted.runs()).toBe(5);
    await expect(agent.find({ ...subject().scope, invocationId: request.invocationId, since: '' })).resolves.toContain(
      '+',
    );
  });

  test('cannot send again what Cloud Assistant has forgotten', async () => {
    const gone = { ...subject().scope, agentInvocationId: 't-gone', instanceIds: subject().good.slice(0, 1) };
    await expect(subject().agent.sendAgain?.(gone)).rejects.toMatchObject({ code: 'agent.refused' });
  });

  test('is of the type for the shell of the instances', () => {
    const request = sending(subject(), ['i-1'], 'x');
    expect(runCommandFields(request, ['i-1'], 'token').type).toBe('RunShellScript');
    expect(runCommandFields({ ...request, shell: 'powershell' }, ['i-1'], 'token').type).toBe('RunPowerShellScript');
  });

  test('gives the agent a minute more than the script has', () => {
    const request = sending(subject(), ['i-1'], 'true', { timeoutSeconds: 7 });
    expect(runCommandFields(request, ['i-1'], 'token')).toMatchObject({ timeout: 67, name: request.invocationId });
  });

  test('tokens fit, are the same for the same instances in any order, and differ otherwise', () => {
    const instances = fc.uniqueArray(fc.stringMatching(/^i-[a-z0-9]{1,6}$/), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(fc.string(), instances, instances, (id, some, others) => {
        const token = derivedToken('run', id, some);
        expect(token).toMatch(/^[\x20-\x7e]{1,64}$/);
        expect(derivedToken('run', id, some.toReversed())).toBe(token);
        expect(derivedToken('file', id, some)).not.toBe(token);
        expect(derivedToken('run', id, others) === token).toBe(some.toSorted().join() === others.toSorted().join());
      }),
    );
  });
});
