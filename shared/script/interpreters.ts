import type { Os } from '../model/node.ts';
import { type Interpreter, interpreters } from '../model/operation.ts';
import { windowsCommandLineFault } from './command-line.ts';

/** The shell that a node's agent runs a wrapper with. */
export type Shell = 'sh' | 'powershell';

/** The shell of an operating system's nodes. */
export const shellOf = (os: Os): Shell => (os === 'windows' ? 'powershell' : 'sh');

/** A program that may be the interpreter, and its arguments up to the script's file, blank at the end. */
export interface Program {
  readonly name: string;
  readonly options: string;
}

/** How a script is run by an interpreter. */
interface InterpreterRules {
  /** File name ending, because node takes the kind of a module from it, cmd and PowerShell run nothing else, and people know what they look at. */
  readonly suffix: string;
  /** On nodes with a POSIX shell; absent when it does not exist there. */
  readonly posix?: Program;
  /** On Windows, the first one found along the PATH of the script; absent when Drover does not use it there. */
  readonly windows?: readonly [Program, ...Program[]];
}

const plain = (name: string): Program => ({ name, options: '' });

const powershellOptions = '-NoLogo -NoProfile -NonInteractive -ExecutionPolicy Bypass -File ';

/** `python3` and `python` may also be the Store's placeholders, which the wrapper passes over; `py` is the launcher of python.org's installer. */
const windowsPython = [plain('python3'), { name: 'py', options: '-3 ' }, plain('python')] as const;

/** Every interpreter: what its files are called, and what starts it on which nodes. */
export const interpreterRules: Readonly<Record<Interpreter, InterpreterRules>> = {
  sh: { suffix: 'sh', posix: plain('sh') },
  bash: { suffix: 'bash', posix: plain('bash') },
  python3: { suffix: 'py', posix: plain('python3'), windows: windowsPython },
  viri: { suffix: 'py', posix: plain('python3'), windows: windowsPython },
  perl: { suffix: 'pl', posix: plain('perl'), windows: [plain('perl')] },
  node: { suffix: 'js', posix: plain('node'), windows: [plain('node')] },
  pwsh: {
    suffix: 'ps1',
    posix: { name: 'pwsh', options: '-NoLogo -NoProfile -NonInteractive -File ' },
    windows: [{ name: 'pwsh', options: powershellOptions }],
  },
  powershell: { suffix: 'ps1', windows: [{ name: 'powershell', options: powershellOptions }] },
  bat: { suffix: 'cmd', windows: [{ name: 'cmd', options: '/d /e:on /v:off /s /c ' }] },
};

/** True when an interpreter can exist on a system. */
export const runsOn = (interpreter: Interpreter, os: Os): boolean =>
  interpreterRules[interpreter][shellOf(os) === 'sh' ? 'posix' : 'windows'] !== undefined;

/** What is to run, as far as it decides whether a node can. */
export interface ScriptDemands {
  readonly interpreter: Interpreter;
  readonly runAs?: string | undefined;
  readonly args?: readonly string[];
}

/**
 * Why a node of this system cannot run a script at all, as a sentence that says what to do; undefined when nothing speaks against it.
 * Whether the interpreter is installed only the node knows.
 */
export const scriptFault = (os: Os, { interpreter, runAs, args = [] }: ScriptDemands): string | undefined => {
  const system = os === 'windows' ? 'Windows' : 'Linux';
  if (!runsOn(interpreter, os))
    return `The interpreter ${interpreter} does not exist on ${system}, which this node runs; there are ${interpreters.filter((name) => runsOn(name, os)).join(', ')}.`;
  if (os !== 'windows') return undefined;
  if (runAs !== undefined)
    return 'On Windows a script runs as the user of the agent, because another user would need a password: leave runAs away, or exclude Windows nodes.';
  return windowsCommandLineFault(interpreter, args);
};
