import { createHash } from 'node:crypto';
import { chmodSync, existsSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderWrapper, type WrapperInput } from '#shared/script/wrapper.ts';
import { type BlobSite, openBlobSite } from './blob-site.ts';
import { OnNode, wrapperInput } from './on-node.ts';
import { carryingFrom, everything, onlyTools, sealer, titledShells } from './secret-kit.ts';

let site: BlobSite;
beforeAll(async () => {
  site = await openBlobSite();
});
afterAll(() => site.close());
const carrying = carryingFrom(() => site);

describe.each(titledShells)("secrets that Alibaba Cloud's agent puts into the script, under $title", ({ shell }) => {
  const fromAgent = (names: readonly string[]): Partial<WrapperInput> => ({
    instanceIdFrom: 'aliyun',
    secretEnv: Object.fromEntries(names.map((_, index) => [`T${index}`, ['<', index, '>']])),
    secrets: { fromAgent: Object.fromEntries(names.entries()), endWord: sealer.word() },
  });
  const filled = (input: Partial<WrapperInput>, values: Readonly<Record<string, string>>): string =>
    renderWrapper(wrapperInput(input)).content.replaceAll(
      /\{\{oos-secret:([\w/.-]+)\}\}/g,
      (_, name) => values[name] ?? '',
    );

  it('reach the script as they are, and are masked', async () => {
    using node = new OnNode(shell);
    const values = { one: `a'b"$(touch pwned)\`id\`\\n\\`, two: 'first line\n  second "line"\nEOF\nlast' };
    const input = {
      ...fromAgent(['one', 'two']),
      script: `printf '%s%s' "$T0" "$T1" | sha256sum; printf '%s\n' "$T0" "$T1"; printf '%s' "$T0" | base64; printf 'x%s' "$T1" | base64 | tr +/ -_; ls pwned`,
    };
    const { envelope, text } = await node.run(filled(input, values));
    const digest = createHash('sha256').update(`<${values.one}><${values.two}>`).digest('hex');
    expect(envelope).toMatchObject({ kind: 'finished', stdout: expect.stringContaining(digest) });
    const all = text + everything(node.stateDir);
    for (const form of [
      values.one,
      'first line',
      'second "line"',
      'touch pwned',
      'Zmlyc3QgbGluZ',
      'ZpcnN0IGxpbm',
      Buffer.from(values.one).toString('base64').slice(4, 20),
    ])
      expect(all).not.toContain(form);
    expect(site.requests).not.toContain('/oos');
  });

  it('are missed when the agent did not fill them in', async () => {
    using node = new OnNode(shell);
    const { envelope } = await node.run({ ...fromAgent(['one']), script: `: > '${node.path('ran')}'` });
    expect(envelope).toMatchObject({ kind: 'refused', code: 'secretagent' });
    expect(existsSync(node.path('ran'))).toBe(false);
  });

  it('stand beside sealed ones', async () => {
    using node = new OnNode(shell);
    const sealed = carrying(['sealed-value'], {}).secrets?.sealed;
    const input = {
      ...fromAgent([]),
      secretEnv: { A: [0], B: [1] },
      secrets: { fromAgent: { 1: 'one' }, endWord: sealer.word(), ...(sealed === undefined ? {} : { sealed }) },
      script: 'echo "$A and $B"; [ "$A$B" = sealed-valuefrom-agent ]',
    };
    const { envelope } = await node.run(filled(input, { one: 'from-agent' }));
    expect(envelope).toMatchObject({ kind: 'finished', exitCode: 0, stdout: '****** and ******\n' });
  });
});

describe.each(titledShells)('secrets that cannot be had, under $title', ({ shell, title }) => {
  const refused = async (node: OnNode, input: Partial<WrapperInput>): Promise<unknown> => {
    const { envelope, exitCode } = await node.run({ ...input, script: `: > '${node.path('ran')}'` });
    expect(exitCode).toBe(125);
    expect(existsSync(node.path('ran'))).toBe(false);
    return envelope?.kind === 'refused' ? envelope.code : envelope;
  };

  it('say that the address answers no more', async () => {
    using node = new OnNode(shell);
    const { secrets, ...rest } = carrying(['gone'], { T: [0] });
    const sealed = { url: 'http://127.0.0.1:9/x', digest: 'a'.repeat(64), key: 'k'.repeat(43) };
    expect(
      await refused(node, { ...rest, secrets: { fromAgent: {}, endWord: 'w'.repeat(32), ...secrets, sealed } }),
    ).toBe('secretfetch');
  });

  it('refuse what is not what was sent', async () => {
    using node = new OnNode(shell);
    const flip = (content: string) =>
      content.replace(/.{5}$/, (end) => (end.startsWith('A') ? `B${end.slice(1)}` : `A${end.slice(1)}`));
    expect(await refused(node, carrying(['tampered with'], { T: [0] }, flip))).toBe('secretwrong');
    expect(
      await refused(node, { ...carrying(['cut short'], { T: [0] }, (content) => content.slice(0, -4)), fence: 'b' }),
    ).toBe('secretwrong');
    expect(
      await refused(node, { ...carrying(['replaced'], { T: [0] }, () => sealer.seal('_s0=evil').content), fence: 'c' }),
    ).toBe('secretwrong');
  });

  // busybox has most tools inside its shell, where no PATH hides them.
  it.skipIf(title.startsWith('busybox'))('say which tool is missing', async () => {
    const code = async (tools: readonly string[]) => {
      using node = new OnNode(shell);
      using poor = new OnNode(shell, onlyTools(node, tools));
      return await refused(poor, carrying(['some secret'], { T: [0] }));
    };
    expect(await code(['curl', 'openssl'])).toBe('secretmasker');
    expect(await code(['awk', 'openssl'])).toBe('secretfetcher');
    expect(await code(['awk', 'curl'])).toBe('secretopener');
  });
});

describe.skipIf(process.getuid?.() !== 0)('secrets of a script that runs as another user', () => {
  const asNobody = (script: string): Partial<WrapperInput> => ({
    ...carrying(['for nobody only'], { T: [0] }),
    runAs: 'nobody',
    script,
  });

  it('reach it, and are masked in what it prints and puts out', async () => {
    using node = new OnNode();
    chmodSync(node.folder, 0o755);
    const envelope = await node.finish(asNobody('id -un; echo "$T"; echo "t=$T" >> "$DROVER_OUTPUT"; cat "$0" >&2'));
    expect(envelope).toMatchObject({ stdout: 'nobody\n******\n', outputs: { t: '******' } });
    expect(everything(node.folder)).not.toContain('for nobody only');
  });

  it('are written nowhere but there, whatever the user puts in the way', async () => {
    using node = new OnNode();
    chmodSync(node.folder, 0o755);
    writeFileSync(node.path('precious'), 'as it was');
    const script = `echo "t=$T" >> "$DROVER_OUTPUT"; for f in "$DROVER_OUTPUT".m "$DROVER_OUTPUT.raw" "\${DROVER_OUTPUT%.out}.m"; do ln -s '${node.path('precious')}' "$f"; done`;
    expect(await node.finish(asNobody(script))).toMatchObject({ outputs: { t: '******' } });
    expect(node.read('precious')).toBe('as it was');
  });
});
