import type { DeliveredLibrary, Interpreter } from '../model/operation.ts';
import { runsOn, type Shell } from '../script/interpreters.ts';
import { wrapperBytes } from '../script/wrapper.ts';

/** What is sent of a script, as far as it is the same for all nodes and runs. */
export interface SentScript {
  readonly run: string;
  readonly interpreter: Interpreter;
  readonly env: Readonly<Record<string, string>>;
  readonly libraries: readonly DeliveredLibrary[];
  readonly runAs?: string | undefined;
  readonly workingDirectory?: string | undefined;
  /** Of the nodes; when absent, one that the interpreter exists on. */
  readonly shell?: Shell | undefined;
}

const someShell = (interpreter: Interpreter): Shell => (runsOn(interpreter, 'linux') ? 'sh' : 'powershell');

/** As long as real ones: run, operation id, attempt and try. */
const typicalFence = 'x'.repeat(60);

/**
 * Bytes that go to an agent for a script before any values of a run: the wrapper, the script and its libraries. Never more than what is sent.
 * @throws AppError `script.invalid` for what cannot be carried, such as NUL
 */
export const scriptBytes = ({
  run,
  interpreter,
  env,
  libraries,
  runAs,
  workingDirectory,
  shell = someShell(interpreter),
}: SentScript): number =>
  wrapperBytes({
    shell,
    fence: typicalFence,
    interpreter,
    script: run,
    env,
    libraries,
    instanceIdFrom: 'ssm',
    timeoutSeconds: 1,
    textBytes: 0,
    // Nodes with PowerShell refuse it, so it adds nothing there.
    ...(runAs === undefined || shell === 'powershell' ? {} : { runAs }),
    ...(workingDirectory === undefined ? {} : { workingDirectory }),
  });
