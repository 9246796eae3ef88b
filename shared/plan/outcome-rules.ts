import { compileRegex } from '../model/job-values.ts';
import type { Operation, OutputDeclaration } from '../model/operation.ts';
import type { Outcome } from '../model/outcome.ts';

/** The settings of an operation that say what counts as success. */
export type OutcomeRules = Pick<Operation, 'failOn' | 'okExitCodes' | 'outputs'>;

/**
 * What an operation's own rules make of what its script did: exit codes that are fine, exit codes and lines that are not, outputs that are not
 * of their type. Only ends of the script itself are judged: what timed out, was stopped, lost or never delivered stays that. A hit is a
 * failure like any other, so it is stored, counted, retried and continued as one.
 */
export const judgeByRules = (rules: OutcomeRules, outcome: Outcome): Outcome => {
  if (outcome.exitCode === null || (outcome.status !== 'succeeded' && outcome.status !== 'failed')) return outcome;
  const byCode = judgeExitCode(rules, outcome, outcome.exitCode);
  if (byCode.status !== 'succeeded') return byCode;
  const reason = whyLineFails(rules, byCode) ?? whyOutputsFail(rules, byCode);
  return reason === undefined ? byCode : { ...byCode, status: 'failed', reason: reason.slice(0, 1024) };
};

const judgeExitCode = ({ failOn, okExitCodes }: OutcomeRules, outcome: Outcome, exitCode: number): Outcome => {
  if (failOn?.exitCodes?.includes(exitCode) === true)
    return { ...outcome, status: 'failed', reason: `It exited with code ${exitCode}, which failOn names.` };
  if (okExitCodes === undefined) return outcome;
  if (!okExitCodes.includes(exitCode))
    return {
      ...outcome,
      status: 'failed',
      reason: outcome.reason ?? `It exited with code ${exitCode}; success is ${okExitCodes.join(', ')}.`,
    };
  // A failure that is not the exit code's (outputs that cannot be read) stays one.
  const isOfExitCode = outcome.status === 'failed' && exitCode !== 0;
  return isOfExitCode ? { ...outcome, status: 'succeeded', reason: null } : outcome;
};

const streamsOf = (rules: OutcomeRules, { stdout, stderr }: Outcome): readonly string[] => {
  const where = rules.failOn?.in ?? 'both';
  return [...(where === 'stderr' ? [] : [stdout]), ...(where === 'stdout' ? [] : [stderr])];
};

const whyLineFails = (rules: OutcomeRules, outcome: Outcome): string | undefined => {
  const { patterns = [], ignoreCase = false } = rules.failOn ?? {};
  for (const pattern of patterns) {
    const regex = compileRegex(pattern, ignoreCase ? 'i' : '');
    for (const text of streamsOf(rules, outcome)) {
      const line = text.split(/\r?\n/).find((one) => regex?.test(one));
      if (line !== undefined) return `Its output has a line that matches ${pattern}: ${line.trim().slice(0, 200)}`;
    }
  }
  return undefined;
};

const whyOutputsFail = ({ outputs }: OutcomeRules, outcome: Outcome): string | undefined => {
  for (const [name, text] of Object.entries(outcome.outputs)) {
    const declared = outputs[name];
    if (declared !== undefined && !isOfType(declared.type, text))
      return `Its output ${name} is declared as ${declared.type}, and it wrote: ${text.slice(0, 80)}`;
  }
  return undefined;
};

const isOfType = (type: OutputDeclaration['type'], text: string): boolean => {
  switch (type) {
    case 'string':
      return true;
    case 'int':
      return /^[+-]?\d{1,15}$/.test(text);
    case 'number':
      return /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/.test(text);
    case 'boolean':
      return text === 'true' || text === 'false';
    case 'json':
      return isJson(text);
  }
};

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    // The caller says what was written.
    return false;
  }
};
