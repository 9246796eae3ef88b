import { describe, expect, test } from 'vitest';
import { sendCommandInput } from '#functions/adapters/ssm/ssm-send.ts';
import type { SendRequest } from '#shared/ports/agent.ts';

const request: SendRequest = {
  region: 'eu-west-1',
  invocationId: '01J.a1-g0-s0-p0-x0-b0.o0.t0',
  instanceIds: ['i-1', 'i-2'],
  script: 'echo a\necho b',
  needsInstanceId: false,
  timeoutSeconds: 600,
  deliveryTimeoutSeconds: 120,
};

describe('the SendCommand of a sending', () => {
  test('carries our id, the script as one text, and lets SSM hold nothing back', () => {
    expect(sendCommandInput(request, ['i-1', 'i-2'])).toEqual({
      DocumentName: 'AWS-RunShellScript',
      InstanceIds: ['i-1', 'i-2'],
      Comment: request.invocationId,
      TimeoutSeconds: 120,
      Parameters: { commands: ['echo a\necho b'], executionTimeout: ['660'] },
      MaxConcurrency: '2',
      MaxErrors: '100%',
    });
  });

  test('is of the document for the shell of the instances', () => {
    expect(sendCommandInput({ ...request, shell: 'powershell' }, ['i-1']).DocumentName).toBe('AWS-RunPowerShellScript');
    expect(sendCommandInput({ ...request, shell: 'sh' }, ['i-1']).DocumentName).toBe('AWS-RunShellScript');
  });

  test.each([
    [1, 30],
    [30.2, 31],
    [1e9, 2_592_000],
  ])('a delivery time of %d s becomes %i s', (deliveryTimeoutSeconds, seconds) => {
    expect(sendCommandInput({ ...request, deliveryTimeoutSeconds }, ['i-1']).TimeoutSeconds).toBe(seconds);
  });

  test.each([
    [0.5, '61'],
    [172_800, '172800'],
  ])('a timeout of %d s becomes %s s for the agent', (timeoutSeconds, seconds) => {
    const { Parameters } = sendCommandInput({ ...request, timeoutSeconds }, ['i-1']);
    expect(Parameters?.['executionTimeout']).toEqual([seconds]);
  });
});
