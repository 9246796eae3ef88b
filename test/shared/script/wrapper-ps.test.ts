import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { interpreters } from '#shared/model/operation.ts';
import { compactPs } from '#shared/script/compact-ps.ts';
import { runsOn, scriptFault, shellOf } from '#shared/script/interpreters.ts';
import { psLiteral } from '#shared/script/ps-literal.ts';
import { renderStop, renderWrapper, type WrapperInput, wrapperBytes } from '#shared/script/wrapper.ts';
import { parsePowerShell } from '#test/kit/powershell/parse.ts';
import { named, nodesOf, type Tree } from '#test/kit/powershell/tree.ts';
import { wrapperInput } from './on-node.ts';

const windows = interpreters.filter((name) => runsOn(name, 'windows'));
const render = (input: Partial<WrapperInput>): string =>
  renderWrapper(wrapperInput({ shell: 'powershell', interpreter: 'powershell', ...input })).content;
const stop = (input: Partial<WrapperInput>): string =>
  renderStop(wrapperInput({ shell: 'powershell', interpreter: 'powershell', ...input })).content;

const piece = fc.constantFrom(
  '{{',
  '{',
  '}',
  "'",
  "''",
  '’',
  '‘',
  '"',
  '`',
  '$',
  '$(id)',
  '#',
  '@',
  '@"',
  '"@',
  "'@",
  '@SCRIPT@',
  '@ARGS@',
  '\n',
  '\r',
  '\t',
  ' ',
  '\\',
  '%',
  'é',
  '中',
  '\u{1F600}',
  '\u0001',
  '\u0085',
  'a',
  ';',
  '(',
  ')',
  '-',
  '<#',
  '#>',
);
const hostile = fc.array(piece, { maxLength: 14 }).map((parts) => parts.join(''));

/** What an expression of literals stands for, by rules of its own: quotes, `+`, and the two functions. */
const decoded = (node: Tree): string => {
  const [first] = named(node);
  if (node.type === 'verbatim_string_characters') return node.text.slice(1, -1).replaceAll("''", "'");
  if (node.type === 'command') {
    const argument = decoded(named(named(node)[1] ?? node).at(-1) ?? node);
    if (first?.text === 'dl') return argument.replaceAll('\r', '');
    if (first?.text === 'dt') return Buffer.from(argument, 'base64').toString('utf8');
    throw new Error(`${first?.text}?`);
  }
  if (node.type === 'additive_expression') return named(node).map(decoded).join('');
  if (named(node).length === 1 && first !== undefined) return decoded(first);
  throw new Error(`${node.type}: ${node.text}`);
};

const literalOf = async (text: string): Promise<Tree> => {
  const { tree, problems } = await parsePowerShell(`$a=${text}`);
  expect(problems).toEqual([]);
  return nodesOf(tree, 'assignment_expression')[0]?.children.at(-1) ?? tree;
};

describe('psLiteral', () => {
  it('is one expression that stands for exactly the text, in ASCII, whatever the text is', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          hostile,
          fc.string({ unit: 'binary' }).filter((text) => text.isWellFormed()),
        ),
        async (text) => {
          const literal = psLiteral(text);
          expect(literal).toMatch(/^[\t\n -~]*$/);
          expect(literal).not.toContain('{{');
          expect(decoded(await literalOf(literal))).toBe(text);
          expect(decoded(await literalOf(literal.replaceAll('\n', '\r\n')))).toBe(text);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('leaves plain text readable', () => {
    expect(psLiteral("it's $5")).toBe("'it''s $5'");
    expect(psLiteral('{{a')).toBe("('{'+'{a')");
    expect(psLiteral('a\nb')).toBe("(dl 'a\nb')");
    expect(psLiteral('é')).toBe("(dt 'w6k=')");
  });
});

const sealed = { url: 'http://blobs/x', digest: 'a'.repeat(64), key: 'k'.repeat(43) };
const secretive: Partial<WrapperInput> = {
  secrets: { sealed, fromAgent: {}, endWord: 'w'.repeat(32) },
  secretEnv: { T: [0], U: ["it's é ", 1, '{{'] },
};
const form = {
  url: 'https://bucket.example/',
  policy: `{"conditions":[{"x-amz-security-token":"${'t/+='.repeat(50)}"}]}`,
  fields: { 'x-amz-date': '20260101T000000Z', 'x-amz-security-token': 't/+='.repeat(50) },
  keyPrefix: 'output/run/op/',
};
const uploading: Partial<WrapperInput> = { upload: { form, seconds: 120 } };

const fileValue = `sha256:${'b'.repeat(64)}/é.pem`;
const filing: Partial<WrapperInput> = {
  files: [{ value: fileValue, name: 'é.pem', sha256: 'b'.repeat(64), url: 'https://bucket.example/x' }],
  env: { F: fileValue },
  args: [fileValue],
};

const shapes: readonly [string, Partial<WrapperInput>][] = [
  ...windows.map((interpreter): [string, Partial<WrapperInput>] => [interpreter, { interpreter }]),
  ['a table', { perInstance: { 'i-1': { nodeKey: 'n', env: { A: 'é' }, args: ['x'] }, 'i-2': {} } }],
  ['Aliyun', { instanceIdFrom: 'aliyun', perInstance: { 'i-1': {} } }],
  ['a directory', { workingDirectory: "C:\\it's" }],
  ['reboots', { reboot: true }],
  ['secrets', secretive],
  ['secrets of an instance', { ...secretive, perInstance: { 'i-1': { secretEnv: { V: ['x', 0] } }, 'i-2': {} } }],
  ['uploads', uploading],
  ['files', filing],
  ['files of an instance', { ...filing, perInstance: { 'i-1': { env: { F: `x ${fileValue}` }, args: [fileValue] } } }],
  ['libraries', { interpreter: 'node', libraries: [{ file: 'shop.js', text: "exports.a='é'\n" }] }],
  [
    'everything',
    {
      ...secretive,
      ...uploading,
      ...filing,
      libraries: [{ file: 'a.ps1', text: 'é' }],
      reboot: true,
      workingDirectory: 'x',
      instanceIdFrom: 'aliyun',
      env: { A: '1' },
      args: ['a'],
      perInstance: { 'i-1': { nodeKey: 'k'.repeat(150), args: ['é'], secretEnv: { W: [1] } } },
    },
  ],
];

describe('the PowerShell wrapper', () => {
  it.each(shapes)('is PowerShell for %s, and so is its stop', async (_, input) => {
    for (const content of [render(input), stop(input)]) {
      expect((await parsePowerShell(content)).problems).toEqual([]);
      expect((await parsePowerShell(content.replaceAll('\n', '\r\n'))).problems).toEqual([]);
    }
  });

  it.each(shapes)('uses no name that it does not set or define before, for %s', async (_, input) => {
    for (const content of [render(input), stop(input)]) {
      const { tree } = await parsePowerShell(content);
      const known = new Set([
        '$null',
        '$true',
        '$false',
        '$pid',
        '$pshome',
        '$env:drover_state_dir',
        '$env:drover_boot_id',
        '$env:aws_ssm_instance_id',
        '$_',
        '$erroractionpreference',
        '$progresspreference',
      ]);
      const set = nodesOf(tree, 'assignment_expression').map((one) => one.children[0]?.text.toLowerCase() ?? '');
      for (const name of [...set, ...nodesOf(tree, 'script_parameter').map((one) => one.text.toLowerCase())])
        known.add(name.replace('$script:', '$'));
      for (const loop of nodesOf(tree, 'foreach_statement')) known.add(named(loop)[0]?.text.toLowerCase() ?? '');
      const used = nodesOf(tree, 'variable').map((one) => one.text.toLowerCase().replace('$script:', '$'));
      expect(used.filter((name) => !known.has(name))).toEqual([]);
      const defined = new Set(nodesOf(tree, 'function_name').map((one) => one.text));
      const called = nodesOf(tree, 'command_name').map((one) => one.text);
      expect(
        called.filter((name) => !defined.has(name) && !/^(?:New-Object|Add-Type|Start-Sleep)$/i.test(name)),
      ).toEqual([]);
    }
  });

  it('is ASCII without double braces, whatever the values are, and carries them exactly', async () => {
    await fc.assert(
      fc.asyncProperty(hostile, hostile, hostile, async (one, two, three) => {
        const content = render({
          interpreter: 'node',
          script: one,
          args: [two],
          env: { A: three, B: one },
          workingDirectory: `${two}/`,
          perInstance: { 'i-1': { nodeKey: 'k{{', env: { C: two } } },
        });
        expect(content).toMatch(/^[\t\n -~]*$/);
        expect(content).not.toContain('{{');
        const { tree, problems } = await parsePowerShell(content);
        expect(problems).toEqual([]);
        const sets = nodesOf(tree, 'command').filter((command) => named(command)[0]?.text === 'ds');
        const values = new Map(
          sets.flatMap((command) => {
            const [name, value] = named(named(command)[1] ?? command).filter(
              (part) => part.type !== 'command_argument_sep',
            );
            return name === undefined || value === undefined || value.text.startsWith('($')
              ? []
              : [[decoded(name), decoded(value)]];
          }),
        );
        expect([values.get('A'), values.get('B'), values.get('C')]).toEqual([three, one, two]);
      }),
      { numRuns: 60 },
    );
  });

  it('holds the literal that Aliyun replaces once, and only when a table needs it', () => {
    const perInstance = { 'i-1': { env: { A: '1' } } };
    expect(render({ instanceIdFrom: 'aliyun', perInstance }).split('{{')).toHaveLength(2);
    expect(render({ instanceIdFrom: 'aliyun', perInstance })).toContain("'{{ACS::InstanceId}}'");
    expect(render({ instanceIdFrom: 'aliyun' })).not.toContain('{{');
    expect(render({ perInstance })).toContain('"$env:AWS_SSM_INSTANCE_ID"');
  });

  it('carries no script and no values in its stop', () => {
    const content = stop({
      script: 'secret',
      env: { A: 'secret' },
      args: ['secret'],
      workingDirectory: 'secret',
      perInstance: { 'i-1': { env: { B: 'secret' }, args: ['secret'] } },
    });
    expect(content).not.toContain('secret');
  });

  it('leaves half of Aliyun’s 18,432 bytes to the script, and more where little is asked', () => {
    expect(wrapperBytes(wrapperInput({ shell: 'powershell', interpreter: 'powershell', script: '' }))).toBeLessThan(
      8700,
    );
    const text = 'Write-Output 1\n'.repeat(100);
    const grown = render({ script: text }).length - render({ script: '' }).length;
    expect(grown).toBeLessThan(text.length + 10);
  });

  it('has nothing of secrets, uploads and libraries where there are none', () => {
    expect(render({})).not.toMatch(/Cryptography|WebRequest|DROVER_LIB|Regex|StringDictionary/);
  });

  it('with secrets and uploads leaves 3,600 of Aliyun’s bytes to the script', () => {
    const input = { shell: 'powershell', interpreter: 'powershell', script: '', ...secretive, ...uploading } as const;
    expect(wrapperBytes(wrapperInput(input))).toBeLessThan(14_832);
  });

  it('carries a long value of the upload form once', () => {
    expect(render(uploading).split('t/+='.repeat(50))).toHaveLength(2);
  });

  it('holds no number of a secret that is not quoted, and no value before the fence is its own', () => {
    const content = render({ ...secretive, perInstance: { 'i-1': { secretEnv: { V: ['x', 0] } } } });
    expect(content).toContain(`ds 'U' ((dt '${Buffer.from("it's é ").toString('base64')}')+$dx['1']+('{'+'{'))`);
    expect(content).toContain(`'i-1'{ds 'V' ('x'+$dx['0']);break}`);
    expect(content.indexOf('$dx[')).toBeGreaterThan(content.indexOf('CreateNew'));
  });

  it('gives the agent exit code 3010 only for a reboot that the operation allows', () => {
    expect(render({}).match(/\b(?:3010|3009)\b/g)).toBeNull();
    expect(render({ reboot: true }).match(/exit 3010/g)).toHaveLength(1);
  });

  it('compiles a class that has no single quote, and ends processes only through a job that it opened', () => {
    const source = /Add-Type -TypeDefinition '([^']*)'/.exec(render({}))?.[1] ?? '';
    expect(source).toContain('public static class DroverJob{');
    expect(source.match(/\{/g)?.length).toBe(source.match(/\}/g)?.length);
    expect(source).toContain('Limit(0x2000)');
  });

  it.each<[string, Partial<WrapperInput>]>([
    ['sh', { interpreter: 'sh' }],
    ['another user', { runAs: 'ann' }],
    ['an argument that cmd would read', { interpreter: 'bat', args: ['%PATH%'] }],
    ['such an argument of an instance', { interpreter: 'bat', perInstance: { 'i-1': { args: ['"'] } } }],
  ])('is refused for %s', (_, input) => {
    expect(() => render(input)).toThrow(expect.objectContaining({ code: 'script.invalid' }));
  });
});

describe('compactPs', () => {
  it('drops comments, indentation and blank lines, and shortens its own names everywhere alike', () => {
    expect(compactPs("\n# why\n  function zGo($a){$zOne='z'}\n\nzGo $zOne $script:zOne Azure zx")).toBe(
      "function z0($a){$z1='z'}\nz0 $z1 $script:z1 Azure zx",
    );
  });

  it('makes names that differ in more than capitals', () => {
    const names = Array.from(
      { length: 200 },
      (_, index) => `zN${'abcdefghij'[Math.floor(index / 20)]}${'klmnopqrstuvwxyzabcd'[index % 20]}x`,
    );
    const short = compactPs(names.join(' ')).split(' ');
    expect(new Set(short.map((name) => name.toLowerCase())).size).toBe(200);
  });
});

describe('scriptFault', () => {
  it('says of every interpreter on which systems it exists', () => {
    const faults = interpreters.map((interpreter) => [
      interpreter,
      scriptFault('linux', { interpreter }) === undefined,
      scriptFault('windows', { interpreter }) === undefined,
    ]);
    expect(faults).toEqual([
      ['sh', true, false],
      ['bash', true, false],
      ['python3', true, true],
      ['perl', true, true],
      ['node', true, true],
      ['pwsh', true, true],
      ['powershell', false, true],
      ['bat', false, true],
      ['viri', true, true],
    ]);
    expect([shellOf('linux'), shellOf('windows')]).toEqual(['sh', 'powershell']);
  });

  it('knows what speaks against a user and against arguments on Windows alone', () => {
    expect(scriptFault('linux', { interpreter: 'python3', runAs: 'ann' })).toBeUndefined();
    expect(scriptFault('windows', { interpreter: 'python3', runAs: 'ann' })).toMatch(/leave runAs away/);
    expect(scriptFault('windows', { interpreter: 'bat', args: ['%'] })).toMatch(/give it through env/);
  });
});
