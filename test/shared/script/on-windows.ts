import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type FinishedEnvelope, parseEnvelope } from '#shared/script/envelope.ts';
import { renderWrapper, type WrapperInput } from '#shared/script/wrapper.ts';
import { parsePowerShell } from '#test/kit/powershell/parse.ts';
import { type Answer, wrapperInput } from './on-node.ts';

const standIn = fileURLToPath(new URL('../../kit/powershell/main.ts', import.meta.url));

const onPath = (name: string): string | undefined =>
  (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find((file) => existsSync(file));

/** What runs the wrapper: a stand-in that knows the part of the language that it keeps to, and PowerShell itself where it is installed. */
export interface PowerShell {
  readonly title: string;
  /** The program and what goes before the script's file. */
  readonly command: (bin: string) => readonly [string, ...string[]];
  readonly after: (bin: string) => readonly string[];
  /** The script as the program takes it. */
  readonly file: (script: string) => Promise<{ readonly ending: string; readonly content: string }>;
  /** Ending of programs, and what is between folders of the PATH. */
  readonly ending: string;
  readonly separator: string;
}

const emulated: PowerShell = {
  title: 'a stand-in for PowerShell',
  command: () => [process.execPath, standIn],
  after: (bin) => [bin],
  file: async (script) => {
    const { tree, problems } = await parsePowerShell(script);
    if (problems.length > 0) throw new Error(problems.join('\n'));
    return { ending: 'json', content: JSON.stringify(tree) };
  },
  ending: '.exe',
  separator: ';',
};

const installed = onPath('pwsh');

export const powerShells: readonly PowerShell[] = [
  emulated,
  ...(installed === undefined
    ? []
    : [
        {
          title: 'PowerShell',
          command: (): readonly [string, ...string[]] => [
            installed,
            '-NoLogo',
            '-NoProfile',
            '-NonInteractive',
            '-File',
          ],
          after: () => [],
          file: async (content: string) => ({ ending: 'ps1', content }),
          ending: '',
          separator: ':',
        },
      ]),
];

/** Says its arguments, each with a NUL behind it, then shows the file that is the last of them but `more`. */
const echo = '#!/bin/sh\nfor word; do printf "%s\\0" "$word"; done\n';

const programs = ['python3', 'perl', 'node'] as const;

/** What is behind a name: a manager of versions may have put a script there that looks for itself along the PATH. */
const executables = {
  python3: () => execFileSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' }).trim(),
  perl: () => execFileSync('perl', ['-e', 'print $^X'], { encoding: 'utf8' }),
  node: () => process.execPath,
} as const;

/** One Windows node: its own state directory and programs, wrappers run as its agent would. Disposing removes the files. */
export class OnWindows implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'drover-windows-'));
  readonly stateDir = join(this.folder, 'state');
  readonly bin = join(this.folder, 'bin');
  /** Where Windows has its own programs. */
  readonly system = join(this.folder, 'system');
  readonly #shell: PowerShell;
  readonly #env: Readonly<Record<string, string>>;
  #sent = 0;

  constructor(shell: PowerShell = emulated, env: Readonly<Record<string, string>> = {}) {
    this.#shell = shell;
    this.#env = env;
    mkdirSync(this.bin);
    mkdirSync(this.system);
    for (const name of programs) {
      const real = executables[name]();
      symlinkSync(real, join(this.bin, name + shell.ending));
    }
    for (const name of ['powershell', 'pwsh', 'cmd'])
      writeFileSync(join(name === 'pwsh' ? this.bin : this.system, name + shell.ending), echo, { mode: 0o755 });
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  get path(): string {
    return [this.bin, this.system].join(this.#shell.separator);
  }

  async start(
    input: Partial<WrapperInput> | string,
  ): Promise<{ readonly process: ChildProcess; readonly answer: Promise<Answer> }> {
    this.#sent += 1;
    const { ending, content } = await this.#shell.file(typeof input === 'string' ? input : this.render(input));
    const file = join(this.folder, `sent-${this.#sent}.${ending}`);
    writeFileSync(file, content);
    const [program, ...options] = this.#shell.command(this.system);
    const child = spawn(program, [...options, file, ...this.#shell.after(this.system)], {
      cwd: this.folder,
      env: { PATH: this.path, DROVER_STATE_DIR: this.stateDir, ...this.#env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return { process: child, answer: this.#answer(child) };
  }

  render(input: Partial<WrapperInput>): string {
    return renderWrapper(wrapperInput({ shell: 'powershell', interpreter: 'python3', ...input })).content;
  }

  async run(input: Partial<WrapperInput> | string): Promise<Answer> {
    const { answer } = await this.start(input);
    return answer;
  }

  /** Runs a script that is expected to come to its end. */
  async finish(input: Partial<WrapperInput>): Promise<FinishedEnvelope> {
    const { envelope, text } = await this.run(input);
    if (envelope?.kind !== 'finished') throw new Error(`Not finished: ${text.slice(0, 500)}`);
    return envelope;
  }

  kept(name: string): Buffer {
    return readFileSync(join(this.stateDir, 'f', name));
  }

  get files(): readonly string[] {
    return existsSync(join(this.stateDir, 'f')) ? readdirSync(join(this.stateDir, 'f')) : [];
  }

  place(name: string): string {
    return join(this.folder, name);
  }

  read(name: string): string {
    return existsSync(this.place(name)) ? readFileSync(this.place(name), 'utf8') : '';
  }

  async #answer(child: ChildProcess): Promise<Answer> {
    const chunks: Buffer[] = [];
    const errors: Buffer[] = [];
    child.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.stderr?.on('data', (chunk: Buffer) => errors.push(chunk));
    const exitCode = await new Promise<number | null>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', resolve);
    });
    // The wrapper itself never complains: what it meets is in the envelope, or a defect.
    if (errors.length > 0) throw new Error(Buffer.concat(errors).toString('utf8'));
    const text = Buffer.concat(chunks).toString('utf8');
    return { text, exitCode, envelope: parseEnvelope(text) };
  }
}
