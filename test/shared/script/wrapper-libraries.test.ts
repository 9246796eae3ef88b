import { chmodSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wrapperBytes } from '#shared/script/wrapper.ts';
import { OnNode, shells, wrapperInput } from './on-node.ts';

describe.each(shells.map((shell) => [shell.join(' '), shell] as const))('libraries under %s', (_, shell) => {
  it('are files in the folder $DROVER_LIB, which a script of sh reads', async () => {
    using node = new OnNode(shell);
    const { stdout, exitCode } = await node.finish({
      script: '. "$DROVER_LIB/log.sh"; . "$DROVER_LIB/net.sh"; log "$(port)"; ls "$DROVER_LIB"',
      libraries: [
        { file: 'log.sh', text: 'log() { echo "log: $1"; }\n' },
        { file: 'net.sh', text: 'port() { echo 8080; }\n' },
      ],
    });
    expect({ stdout, exitCode }).toEqual({ stdout: 'log: 8080\nlog.sh\nnet.sh\n', exitCode: 0 });
  });

  it('arrive byte for byte, whatever is in them', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({
          unit: fc.constantFrom("'", '"', '\\', '$', '`', '\n', '@FILES@', '{{', '%', 'é', '🚀', ' '),
          maxLength: 40,
        }),
        async (text) => {
          using node = new OnNode(shell);
          const { stdout } = await node.finish({
            script: 'cat "$DROVER_LIB/x"; printf .',
            libraries: [{ file: 'x', text }],
          });
          expect(stdout).toBe(`${text}.`);
        },
      ),
      { numRuns: 15 },
    );
  });
});

describe('libraries', () => {
  it.each([
    ['python3', 'import net_tools\nprint(net_tools.port)', { file: 'net_tools.py', text: 'port = 8080\n' }],
    [
      'perl',
      'use Net_tools; print Net_tools::port(), "\\n";',
      { file: 'Net_tools.pm', text: 'package Net_tools; sub port { 8080 } 1;\n' },
    ],
    ['node', "console.log(require('nettools').port)", { file: 'nettools.js', text: 'exports.port = 8080;\n' }],
    ['bash', 'source "$DROVER_LIB/net.sh"; port', { file: 'net.sh', text: 'port() { echo 8080; }\n' }],
  ] as const)('are found by %s under their name', async (interpreter, script, library) => {
    using node = new OnNode();
    const { stdout, stderr, exitCode } = await node.finish({ interpreter, script, libraries: [library] });
    expect({ stdout, stderr, exitCode }).toEqual({ stdout: '8080\n', stderr: '', exitCode: 0 });
  });

  it('come before what the environment names, which is still looked through', async () => {
    using node = new OnNode();
    const { stdout } = await node.finish({
      interpreter: 'python3',
      script:
        'import os; print(os.environ["PYTHONPATH"].split(":")[1], os.environ["DROVER_LIB"] == os.environ["PYTHONPATH"].split(":")[0])',
      env: { PYTHONPATH: '/opt/modules' },
      libraries: [{ file: 'a.py', text: '' }],
    });
    expect(stdout).toBe('/opt/modules True\n');
  });

  it('belong to one fence: another script has its own, and a script without any has no folder', async () => {
    using node = new OnNode();
    const script = 'cat "$DROVER_LIB/x"';
    const one = await node.finish({ fence: 'run/1', script, libraries: [{ file: 'x', text: '1' }] });
    const two = await node.finish({ fence: 'run/2', script, libraries: [{ file: 'x', text: '2' }] });
    const none = await node.finish({ fence: 'run/3', script: 'echo "${DROVER_LIB-none}"' });
    expect([one.stdout, two.stdout, none.stdout]).toEqual(['1', '2', 'none\n']);
  });

  it('go to each instance of a table alike', async () => {
    using node = new OnNode(undefined, { AWS_SSM_INSTANCE_ID: 'i-2' });
    const { stdout } = await node.finish({
      script: 'cat "$DROVER_LIB/x"; echo "$WHO $1"',
      libraries: [{ file: 'x', text: 'lib ' }],
      perInstance: { 'i-1': { env: { WHO: 'one' }, args: ['a'] }, 'i-2': { env: { WHO: 'two' }, args: ['b'] } },
    });
    expect(stdout).toBe('lib two b\n');
  });

  it('cost nothing where there are none, and their size otherwise', () => {
    const bare = wrapperBytes(wrapperInput({}));
    expect(wrapperBytes(wrapperInput({ libraries: [] }))).toBe(bare);
    const text = 'x'.repeat(1000);
    const more = wrapperBytes(wrapperInput({ libraries: [{ file: 'x.sh', text }] })) - bare;
    expect(more).toBeGreaterThan(1000);
    expect(more).toBeLessThan(1200);
  });

  it.each([['../x'], ['a/b'], [''], ['-x'], ['.x'], ['x y']])('are refused under the file name %j', (file) => {
    expect(() => wrapperBytes(wrapperInput({ libraries: [{ file, text: '' }] }))).toThrow('is not a file name');
  });

  it('are refused with NUL in them', () => {
    expect(() => wrapperBytes(wrapperInput({ libraries: [{ file: 'x', text: 'a\0' }] }))).toThrow('x');
  });
});

describe.skipIf(process.getuid?.() !== 0)('libraries with runAs', () => {
  it('can be read by the user, and by nobody else', async () => {
    using node = new OnNode();
    chmodSync(node.folder, 0o755);
    const { stdout } = await node.finish({
      script: 'id -un; . "$DROVER_LIB/x.sh"; stat -c %U "$DROVER_LIB/x.sh"; stat -c %a "$(dirname "$DROVER_LIB")"',
      runAs: 'nobody',
      libraries: [{ file: 'x.sh', text: 'echo read\n' }],
    });
    expect(stdout).toBe('nobody\nread\nnobody\n700\n');
  });
});
