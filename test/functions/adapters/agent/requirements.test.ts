import { describe, expect, test } from 'vitest';
import { requireFile, requireSendable } from '#functions/adapters/agent/requirements.ts';
import type { PushFileRequest, SendRequest } from '#shared/ports/agent.ts';

const limits = { instances: 3, scriptBytes: 10, textBytes: 100 };
const sending: SendRequest = {
  region: 'eu-west-1',
  invocationId: 'x',
  instanceIds: ['i-1', 'i-2'],
  script: 'true',
  needsInstanceId: false,
  timeoutSeconds: 10,
  deliveryTimeoutSeconds: 30,
};
const file: PushFileRequest = {
  region: 'eu-west-1',
  invocationId: 'x',
  instanceIds: ['i-1'],
  path: '/etc/motd',
  content: new Uint8Array(24_576),
  mode: '0644',
  overwrite: false,
};

describe('what an agent refuses to send', () => {
  test('takes a sending within its limits', () => {
    expect(() => requireSendable({ ...sending, script: '0123456789' }, limits)).not.toThrow();
  });

  test.each([
    ['no instance', [], 'internal.bug'],
    ['more instances than its limit', ['i-1', 'i-2', 'i-3', 'i-4'], 'internal.bug'],
    ['an instance twice', ['i-1', 'i-1'], 'internal.bug'],
  ])('refuses %s', (_, instanceIds, code) => {
    expect(() => requireSendable({ ...sending, instanceIds }, limits)).toThrow(expect.objectContaining({ code }));
  });

  test('counts the bytes of a script, not its characters', () => {
    expect(() => requireSendable({ ...sending, script: 'üüüüüü' }, limits)).toThrow(
      expect.objectContaining({ code: 'script.too-large' }),
    );
  });

  test('takes a file of 24,576 bytes and no more', () => {
    expect(() => requireFile(file, limits)).not.toThrow();
    expect(() => requireFile({ ...file, content: new Uint8Array(24_577) }, limits)).toThrow(
      expect.objectContaining({ code: 'request.too-large' }),
    );
  });

  test.each(['etc/motd', '/', '/etc/', '', '/a\0b', '/etc/..', '/etc/.'])('refuses the path %j', (path) => {
    expect(() => requireFile({ ...file, path }, limits)).toThrow(expect.objectContaining({ code: 'request.invalid' }));
  });

  test.each(['/motd', '/srv/a b/ü.txt'])('takes the path %j', (path) => {
    expect(() => requireFile({ ...file, path }, limits)).not.toThrow();
  });

  test.each(['rw-r--r--', '888', '64', '00644', ''])('refuses the mode %j', (mode) => {
    expect(() => requireFile({ ...file, mode }, limits)).toThrow(expect.objectContaining({ code: 'request.invalid' }));
  });
});
