import { outputTemplate, paramTemplate } from './expression-text.ts';
import type { Findings } from './findings.ts';
import type { JobParams } from './job-params.ts';
import { nativeOutput } from './native-tools.ts';
import { nodeVariables } from './node-variables.ts';
import type { OldOperation } from './old-flow.ts';
import { type FoundOutput, isOutputReference, type OperationIndex } from './operation-index.ts';
import { escapeTemplate, referenceParts } from './reference-parts.ts';
import { type SetVariables, setVariableCel } from './set-variables.ts';
import type { SourcePlace } from './source-value.ts';

/** What a value's references are looked up in. */
export interface ReferenceScope {
  readonly params: JobParams;
  readonly operations: OperationIndex;
  readonly findings: Findings;
  /** What setenv operations set. */
  readonly variables: SetVariables;
  /** The operation whose value it is. */
  readonly operation: OldOperation;
}

type Piece = { readonly kind: 'text' | 'template'; readonly text: string };

const checkOrder = (found: FoundOutput, written: string, place: SourcePlace, scope: ReferenceScope): void => {
  const { operation, findings } = scope;
  const source = found.operation;
  if (source.number >= operation.number) {
    findings.invalid(place, `${written} refers to an operation that runs only later (${source.fields.place.path})`);
  }
  const together = source.inOneShotGroup && source.groupNo === operation.groupNo;
  if (!together || source.phaseNumber === operation.phaseNumber || source.number >= operation.number) return;
  findings.unsupported(place, {
    what: `${written} of another phase of the same oneShot group`,
    why: 'these phases run at the same time, so the output may not be there yet',
    instead: 'put both operations into one phase, or the later phase into a later group',
  });
};

const checkReach = (found: FoundOutput, written: string, place: SourcePlace, scope: ReferenceScope): void => {
  const { operation, findings } = scope;
  if (operation.kind !== 'runner' || found.operation.kind === 'runner' || found.operation.kind === undefined) return;
  findings.unsupported(place, {
    what: `${written} in a runner phase`,
    why: 'it is an output of target nodes; the old system allowed that with exactly one target only',
    instead: 'move this operation to a target phase, or have a runner operation produce the value',
  });
};

const outputPiece = (name: string, written: string, place: SourcePlace, scope: ReferenceScope): Piece => {
  const { findings, operations } = scope;
  const found = operations.find(name);
  if (found === undefined) {
    findings.invalid(place, `${written} refers to an operation that the job does not have`);
    return { kind: 'text', text: written };
  }
  const { operation, variable, phaseMatches } = found;
  const own = operation.native === undefined ? variable : nativeOutput(operation.native, variable);
  if (
    own === undefined ||
    (operation.native === undefined && operation.kind !== undefined && operation.outputs === undefined)
  ) {
    findings.invalid(place, `${written} refers to an operation without outputs (${operation.fields.place.path})`);
  }
  if (!phaseMatches) {
    findings.notice(place.path, `${written} names the wrong phase: the operation is in ${operation.phaseName}`);
  }
  checkOrder(found, written, place, scope);
  checkReach(found, written, place, scope);
  return { kind: 'template', text: outputTemplate(operation.id, own ?? variable) };
};

const namePiece = (name: string, written: string, place: SourcePlace, scope: ReferenceScope): Piece => {
  const { params, findings, operation, variables } = scope;
  const param = params.names.get(name);
  if (param !== undefined) return { kind: 'template', text: paramTemplate(param) };
  const set = variables.find(name, operation);
  if (set !== undefined)
    return { kind: 'template', text: `\${{ ${setVariableCel(name, set, JSON.stringify(written))} }}` };
  const variable = nodeVariables(operation).get(name);
  if (variable !== undefined) return { kind: variable.startsWith('${{') ? 'template' : 'text', text: variable };
  const constant = params.environment.get(name);
  if (constant !== undefined) return { kind: 'text', text: constant };
  findings.notice(
    place.path,
    `${written} is not a parameter of the job; it stays these characters, and no shell expands them`,
  );
  return { kind: 'text', text: written };
};

/** Texts that touch are one text, so that a `$` at the end of one and a `{{` at the start of the next are seen together. */
const mergeTexts = (pieces: readonly Piece[]): readonly Piece[] => {
  const merged: Piece[] = [];
  for (const piece of pieces) {
    const last = merged.at(-1);
    if (last?.kind !== 'text' || piece.kind !== 'text') merged.push(piece);
    else merged.splice(-1, 1, { kind: 'text', text: last.text + piece.text });
  }
  return merged;
};

/** A text before a template; a `$` at its end would make `$${{`, which escapes, so it is written as an expression. */
const textBefore = (text: string): string => escapeTemplate(text).replace(/\$+$/, (dollars) => `\${{ "${dollars}" }}`);

/** Carries a value of the old job over: references become `${{ }}`, everything else stays exactly these characters. */
export const toTemplate = (value: string, place: SourcePlace, scope: ReferenceScope): string => {
  const pieces = referenceParts(value).map((part): Piece => {
    if (part.kind === 'text') return part;
    const convert = isOutputReference(part.name) ? outputPiece : namePiece;
    return convert(part.name, part.written, place, scope);
  });
  const merged = mergeTexts(pieces);
  return merged
    .map((piece, index) => {
      if (piece.kind === 'template') return piece.text;
      return index < merged.length - 1 ? textBefore(piece.text) : escapeTemplate(piece.text);
    })
    .join('');
};
