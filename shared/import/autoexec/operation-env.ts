import type { Findings } from './findings.ts';
import { nodeVariables } from './node-variables.ts';
import type { OldOperation } from './old-flow.ts';

/** Variables of the old engine that have no counterpart. */
const lost =
  /\b(AUTOEXEC_(?!JOBID\b|PHASE_NAME\b)[A-Z_]+|OUTPUT_DIR|LIVEDATA_PATH|NODE_OUTPUT_PATH|JOB_PATH|RUNNER_ID|DEPLOY_PATH)\b/g;

const mentions = (script: string, name: string): boolean => new RegExp(`\\b${name}\\b`).test(script);

const tellLost = (operation: OldOperation, script: string, findings: Findings): void => {
  for (const name of new Set(script.match(lost) ?? [])) {
    findings.countedNotice(operation.fields.place.path, `the script mentions ${name}, which is not set now`);
  }
};

const tellOutputs = (operation: OldOperation, usesPath: boolean, findings: Findings): void => {
  const { path } = operation.fields.place;
  const { outputs } = operation;
  if (outputs !== undefined && usesPath) {
    findings.countedNotice(path, 'OUTPUT_PATH takes JSON lines now: each JSON object must be on a line of its own');
  }
  if (outputs !== undefined && outputs.size > 0 && !usesPath) {
    findings.countedNotice(path, 'declares outputs, and its script does not mention OUTPUT_PATH');
  }
  if (outputs === undefined && usesPath) {
    findings.countedNotice(
      path,
      'writes to OUTPUT_PATH without declaring outputs; what it writes is ignored, as before',
    );
  }
};

/**
 * Environment of one operation: what its script mentions of the variables that the old engine set. Where no output is declared the
 * old engine ignored the output file, so OUTPUT_PATH is /dev/null.
 */
export const operationEnv = (operation: OldOperation, script: string, findings: Findings): Record<string, string> => {
  const usesPath = mentions(script, 'OUTPUT_PATH');
  tellLost(operation, script, findings);
  tellOutputs(operation, usesPath, findings);
  const used = [...nodeVariables(operation)].filter(([name]) => mentions(script, name));
  const ignored = usesPath && operation.outputs === undefined ? [['OUTPUT_PATH', '/dev/null'] as const] : [];
  return Object.fromEntries([...used, ...ignored]);
};
