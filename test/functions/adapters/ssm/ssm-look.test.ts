import { describe, expect, test } from 'vitest';
import { createSsmAgent } from '#functions/adapters/ssm/ssm-agent.ts';
import { ssmClients } from '#functions/adapters/ssm/ssm-clients.ts';
import { reportOf } from '#functions/adapters/ssm/ssm-look.ts';
import { ended, invocationOf, sending } from '#test/contract/agent-sendings.ts';
import { openAgentForSuite } from '#test/contract/open-agent.ts';
import { patientPacing } from '#test/functions/adapters/agent/patient-pacing.ts';

const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };

describe('looking at SSM', () => {
  const subject = openAgentForSuite({
    kind: 'aws',
    region: 'eu-central-1',
    actions: { send: 'SendCommand', look: 'ListCommandInvocations' },
    open: ({ ssmEndpoint }) =>
      createSsmAgent({ ...patientPacing, clientFor: ssmClients({ endpoint: ssmEndpoint, credentials }) }),
  });

  const longCalls = () => subject().cloud.calls()['GetCommandInvocation'] ?? 0;

  test('asks for the longer text only of instances that printed more than a listing holds', async () => {
    const [one = '', other = ''] = subject().good;
    const script = `case "$AWS_SSM_INSTANCE_ID" in ${one}) head -c 5000 /dev/zero | tr '\\0' x;; *) echo short;; esac`;
    const receipt = await subject().agent.send(sending(subject(), [one, other], script));
    const before = longCalls();
    const reports = await ended(subject(), invocationOf(subject(), receipt, [one, other]));
    expect(reports.find(({ instanceId }) => instanceId === one)?.text).toBe('x'.repeat(5_000));
    expect(reports.find(({ instanceId }) => instanceId === other)?.text).toBe('short\n');
    expect(longCalls() - before).toBe(1);
  });

  test('leaves the short text where the longer one is not wanted, and says that it does not know what is missing', async () => {
    const clientFor = ssmClients({ endpoint: subject().cloud.ssmEndpoint, credentials });
    const agent = createSsmAgent({ ...patientPacing, clientFor, needsFullText: () => false });
    const ids = subject().good.slice(0, 1);
    const receipt = await agent.send(sending(subject(), ids, "head -c 5000 /dev/zero | tr '\\0' x"));
    const [report] = await ended({ ...subject(), agent }, invocationOf(subject(), receipt, ids));
    expect(report?.text?.length).toBe(2_500);
    expect(report?.droppedBytes).toBeNull();
  });

  test('keeps both streams of a script that prints much on each', async () => {
    const ids = subject().good.slice(0, 1);
    const script = "head -c 5000 /dev/zero | tr '\\0' o; head -c 4000 /dev/zero | tr '\\0' e >&2";
    const receipt = await subject().agent.send(sending(subject(), ids, script));
    const [report] = await ended(subject(), invocationOf(subject(), receipt, ids));
    expect(report?.text).toBe(`${'o'.repeat(5_000)}\n----------ERROR-------\n${'e'.repeat(4_000)}`);
  });

  test('keeps the raw status of a word that it does not know, and no text', () => {
    expect(reportOf({ InstanceId: 'i-1', Status: 'InProgress', StatusDetails: 'Thinking' })).toMatchObject({
      state: 'running',
      rawStatus: 'Thinking',
      text: null,
    });
  });

  test('has an exit code only where the script gave one', () => {
    const plugin = { ResponseCode: -1, Output: '' };
    const row = { InstanceId: 'i-1', Status: 'Failed' as const, StatusDetails: 'Terminated', CommandPlugins: [plugin] };
    expect(reportOf(row)).toMatchObject({ state: 'undeliverable', exitCode: null });
    expect(reportOf({ ...row, StatusDetails: 'Failed' })).toMatchObject({ state: 'failed', exitCode: null });
  });

  test('a delivery that timed out after it began is an error, of which the caller makes lost', () => {
    const row = { InstanceId: 'i-1', Status: 'TimedOut' as const, StatusDetails: 'DeliveryTimedOut' };
    expect(reportOf({ ...row, CommandPlugins: [{ ResponseStartDateTime: new Date(0) }] }).state).toBe('error');
    expect(reportOf({ ...row, CommandPlugins: [{}] }).state).toBe('undeliverable');
  });
});
