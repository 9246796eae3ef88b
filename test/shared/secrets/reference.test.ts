import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatReference, readReference } from '#shared/secrets/reference.ts';

describe('readReference', () => {
  it.each([
    ['env:DROVER_SECRET_A', { kind: 'env', name: 'DROVER_SECRET_A' }],
    ['file:/etc/drover/a b', { kind: 'file', name: '/etc/drover/a b' }],
    ['local:shop/token', { kind: 'local', name: 'shop/token' }],
    ['ssm:/drover/secrets/token', { kind: 'ssm', name: '/drover/secrets/token' }],
    ['ssm:token', { kind: 'ssm', name: 'token' }],
    ['secretsmanager:shop/db', { kind: 'secretsmanager', name: 'shop/db' }],
    ['secretsmanager:shop/db#pass word', { kind: 'secretsmanager', name: 'shop/db', jsonKey: 'pass word' }],
    [
      'secretsmanager:arn:aws:secretsmanager:eu-west-1:000000000000:secret:shop-AbCdEf#a',
      {
        kind: 'secretsmanager',
        name: 'arn:aws:secretsmanager:eu-west-1:000000000000:secret:shop-AbCdEf',
        jsonKey: 'a',
      },
    ],
    ['oos-secret:token_1', { kind: 'oos-secret', name: 'token_1' }],
  ])('reads %s', (text, reference) => {
    expect(readReference(text)).toEqual({ reference });
    const reading = readReference(text);
    expect('reference' in reading && formatReference(reading.reference)).toBe(text);
  });

  it.each([
    ['env:1A'],
    ['env:'],
    ['file:relative'],
    ['local:../x'],
    ['local:-x'],
    ['ssm:/a//b'],
    ['ssm:'],
    ['secretsmanager:'],
    ['secretsmanager:a#'],
    ['oos-secret:a}}b'],
    ['oos-secret:{{a'],
    ['SSM:/a'],
    ['vault:/a'],
    ['hunter2'],
    [''],
    [':'],
  ])('refuses %j', (text) => {
    expect(readReference(text)).toMatchObject({ message: expect.any(String), suggestion: expect.any(String) });
  });

  it('never repeats what it refuses: it may be the secret itself', () => {
    const given = fc.oneof(
      fc.string({ minLength: 6 }),
      fc
        .tuple(fc.constantFrom('ssm:', 'env:', 'local:'), fc.string({ minLength: 6 }))
        .map(([kind, rest]) => `${kind} ${rest}`),
      fc.constantFrom(12345678, ['a-list-of-it'], { key: 'a-map-of-it' }, null),
    );
    fc.assert(
      fc.property(given, (value) => {
        const reading = readReference(value);
        if ('reference' in reading) return;
        const said = `${reading.message} ${reading.suggestion}`;
        for (const part of JSON.stringify(value).split(/[^\w-]+/))
          if (part.length > 9) expect(said).not.toContain(part);
        expect(said).not.toContain(String(value));
      }),
    );
  });
});
