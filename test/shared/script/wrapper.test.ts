import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderWrapper, type WrapperInput, wrapperBytes } from '#shared/script/wrapper.ts';
import { wrapperInput } from './on-node.ts';

const hostile = fc.array(fc.constantFrom('{{', '{', '}}', "'", '@SCRIPT@', '@ARGS@', '$', '\n', 'ssm:x', '中'), {
  maxLength: 12,
});
const hostileText = hostile.map((parts) => parts.join(''));

const render = (input: Partial<WrapperInput>): string => renderWrapper(wrapperInput(input)).content;

describe('renderWrapper', () => {
  it('holds no double braces, whatever the values are', () => {
    fc.assert(
      fc.property(hostileText, hostileText, hostileText, (one, two, three) => {
        const content = render({
          script: one,
          args: [two, `${three}{`],
          env: { A: three, PATH: two },
          workingDirectory: `${one}/`,
          perInstance: { 'i-1': { nodeKey: 'k{{', env: { B: one, IFS: three } } },
        });
        expect(content).not.toContain('{{');
      }),
    );
  });

  it('holds the literal that Aliyun replaces once, and only when a table needs it', () => {
    const perInstance = { 'i-1': { env: { A: '1' } } };
    const rendered = renderWrapper(wrapperInput({ instanceIdFrom: 'aliyun', perInstance }));
    expect(rendered.needsInstanceId).toBe(true);
    expect(rendered.content.split('{{')).toHaveLength(2);
    expect(rendered.content).toContain("'{{ACS::InstanceId}}'");
    expect(renderWrapper(wrapperInput({ instanceIdFrom: 'aliyun' })).needsInstanceId).toBe(false);
    expect(renderWrapper(wrapperInput({ perInstance })).needsInstanceId).toBe(false);
    expect(render({ perInstance })).toContain('$AWS_SSM_INSTANCE_ID');
  });

  it('renders the same bytes for the same input', () => {
    expect(render({ args: ['a'] })).toBe(render({ args: ['a'] }));
  });

  it('leaves most of Aliyun’s 18,432 bytes to the script', () => {
    expect(wrapperBytes(wrapperInput({ script: '' }))).toBeLessThan(3900);
    expect(wrapperBytes(wrapperInput({ script: 'é'.repeat(100) })) - wrapperBytes(wrapperInput({ script: '' }))).toBe(
      200,
    );
  });

  it('gives each further instance little more than its own values', () => {
    const perInstance = (count: number) =>
      Object.fromEntries(
        Array.from({ length: count }, (_, index) => [`i-${index + 100}`, { env: { HOST: `h${index + 100}` } }]),
      );
    const bytes = (count: number) => wrapperBytes(wrapperInput({ perInstance: perInstance(count) }));
    expect((bytes(51) - bytes(1)) / 50).toBeLessThan(40);
  });

  it.each<[string, Partial<WrapperInput>]>([
    ['NUL in the script', { script: 'a\0' }],
    ['NUL in an argument', { args: ['a\0'] }],
    ['NUL in an instance’s argument', { perInstance: { 'i-1': { args: ['a\0'] } } }],
    ['NUL in a value', { env: { A: '\0' } }],
    ['NUL in an instance’s value', { perInstance: { 'i-1': { env: { A: '\0' } } } }],
    ['a bad name', { env: { 'A-B': '1' } }],
    ['a name with a command', { env: { 'A=1;id;B': '1' } }],
    ['an instance id with a pattern', { perInstance: { '*': {} } }],
    ['an empty fence', { fence: '' }],
    ['half a surrogate pair', { script: '\ud800' }],
    ['no time', { timeoutSeconds: 0 }],
    ['part of a second', { timeoutSeconds: 1.5 }],
    ['no grace', { killAfterSeconds: 0 }],
    ['a user with a command', { runAs: 'a;id' }],
    ['a user that looks like an option', { runAs: '-c' }],
    ['no directory', { workingDirectory: '' }],
    ['more text than agents return', { textBytes: 23_000 }],
    ['more outputs than agents return', { textBytes: 16_000, outputsBytes: 7000 }],
  ])('refuses %s', (_, input) => {
    expect(() => render(input)).toThrow(expect.objectContaining({ code: 'script.invalid' }));
  });
});
