import { compileRegex } from '#shared/model/job-values.ts';
import type { Findings } from './findings.ts';
import { freeArguments } from './native-fields.ts';
import type { OldOperation } from './old-flow.ts';

const instead = 'set failOn of the operations in the converted job, or search the output in the script';

/**
 * The patterns of a failkeys operation: scripts after it in its phase fail when their output has a line that one of them matches. What it
 * cannot mean any more is reported.
 */
export const failPatterns = (operation: OldOperation, findings: Findings): readonly string[] => {
  const { fields } = operation;
  const patterns = freeArguments(operation);
  const refuse = (what: string, why: string): readonly string[] => {
    findings.unsupported(fields.place, { what, why, instead });
    return [];
  };
  if (operation.inBlock) return refuse('failkeys inside a block', 'what an operation fails on is fixed');
  if (fields.option('exclude') !== undefined)
    return refuse('failkeys with exclude', 'failOn has no exceptions, though a pattern can: (?!…)');
  if (patterns.length > 1 && fields.option('operator') !== 'or')
    return refuse('failkeys with several patterns and `and`', 'it crashed the old engine');
  for (const { text, place } of patterns)
    if (compileRegex(text, 'm') === undefined)
      findings.invalid(place, `${JSON.stringify(text)} is not a regular expression`);
  findings.countedNotice(
    fields.place.path,
    'failkeys became failOn of each script after it in the phase, which is stored as failed; it does not look at arguments',
  );
  return patterns.map(({ text }) => text);
};
