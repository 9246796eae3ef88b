import type { Interpreter } from '#shared/model/job.ts';
import { findScript } from './find-script.ts';
import type { Findings } from './findings.ts';
import { guessInterpreter, interpreterOfName } from './interpreters.ts';
import type { OldOperation } from './old-flow.ts';
import { withOutputPath } from './output-prologue.ts';
import { valueText } from './source-text.ts';

/** What runs, and by what. */
export interface Script {
  readonly run: string;
  readonly interpreter: Interpreter;
  /** The script as the old job had it. */
  readonly original: string;
}

type Content = { readonly path: string; readonly text: string };

const inlineContent = ({ fields }: OldOperation): Content | undefined => {
  const value = fields.get('scriptContent');
  return value === undefined || valueText(value) === '' ? undefined : { path: '', text: valueText(value) };
};

const contentOf = (
  operation: OldOperation,
  scripts: ReadonlyMap<string, string>,
  findings: Findings,
): Content | undefined => {
  const inline = inlineContent(operation);
  if (inline !== undefined) return inline;
  const { fields, opName } = operation;
  const names = [fields.text('scriptId'), opName].filter((name) => name !== undefined);
  const written = names.join(' or ') || operation.opId;
  const found = findScript(names, scripts, interpreterOfName(fields.text('interpreter') ?? ''));
  if (found.kind === 'found') return { path: found.file.path, text: found.file.content };
  if (found.kind === 'missing') findings.scriptMissing(fields.place, `the script ${written} is not there`);
  else findings.invalid(fields.place, `the script ${written} could be ${found.paths.join(', ')}; keep one of them`);
  return undefined;
};

const refuseInterpreter = ({ fields }: OldOperation, name: string, findings: Findings): void =>
  findings.unsupported(fields.at('interpreter'), {
    what: `the interpreter ${name}`,
    why: 'Drover runs sh, bash, python3, perl, node, powershell, pwsh and cmd',
    instead: 'rewrite the script for one of these, or start the other interpreter from an sh script',
  });

const interpreterOf = (operation: OldOperation, content: Content, findings: Findings): Interpreter | undefined => {
  const name = operation.fields.text('interpreter');
  const interpreter = name === undefined ? guessInterpreter(content.text, content.path) : interpreterOfName(name);
  if (interpreter === undefined) refuseInterpreter(operation, name ?? 'of its first line', findings);
  return interpreter;
};

const tellDifferences = (operation: OldOperation, content: Content, script: Script, findings: Findings): void => {
  const { path } = operation.fields.place;
  const { interpreter } = script;
  if (interpreter === 'sh' || interpreter === 'bash') {
    findings.countedNotice(
      path,
      'sh and bash scripts ran in a login shell; /etc/profile and ~/.profile are not read now',
    );
  }
  if (operation.fields.text('interpreter') === 'python') {
    findings.countedNotice(path, 'python scripts run by python3 now');
  }
  if (content.text.includes('\r\n'))
    findings.countedNotice(path, 'Windows line ends of scripts were changed to line feeds');
};

const refuseContent = (operation: OldOperation, text: string, findings: Findings): void => {
  const { place } = operation.fields;
  if (text.trim() === '') findings.invalid(place, 'its script is empty');
  if (text.includes('${{')) {
    findings.unsupported(place, {
      what: 'a script that contains ${{',
      why: 'the script of an operation is never a template, and Drover refuses these characters in it',
      instead: "write them so that they do not touch, for instance '$''{{' in sh",
    });
  }
  if (/\bAutoExecUtils\b/.test(text)) {
    findings.unsupported(place, {
      what: 'a script that uses AutoExecUtils',
      why: 'that library of the old system is not on the nodes',
      instead: 'write outputs to $DROVER_OUTPUT as JSON lines, and read parameters from the arguments',
    });
  }
};

/** The script of an operation; undefined, and reported, when there is none or nothing here runs it. */
export const toScript = (
  operation: OldOperation,
  scripts: ReadonlyMap<string, string>,
  findings: Findings,
): Script | undefined => {
  const content = contentOf(operation, scripts, findings);
  if (content === undefined) return undefined;
  const original = content.text.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n');
  refuseContent(operation, original, findings);
  const interpreter = interpreterOf(operation, content, findings);
  if (interpreter === undefined) return undefined;
  const writesOutputs = operation.outputs !== undefined && /\bOUTPUT_PATH\b/.test(original);
  const script = { run: writesOutputs ? withOutputPath(original, interpreter) : original, interpreter, original };
  tellDifferences(operation, content, script, findings);
  return script;
};
