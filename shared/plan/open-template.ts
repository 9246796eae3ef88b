import { textOfCelValue } from '../expression/cel-values.ts';
import type { Reference } from '../expression/references.ts';
import type { Scope } from '../expression/scope.ts';
import { parseTemplate, type TemplatePart } from '../expression/template.ts';
import { secretsOfTemplate } from '../secrets/secret-text.ts';

/** What is known of a node's values before a run. */
export interface KnownValues {
  /** Without outputs: nothing has run. */
  readonly scope: Scope;
  /** Variables whose values are not known before the run. */
  readonly openEnv: ReadonlySet<string>;
  /** Secret params. */
  readonly secrets: ReadonlySet<string>;
}

/** A text in which what only the run knows still stands as it was written. */
export interface OpenText {
  readonly text: string;
  /** True when something is not known yet. */
  readonly open: boolean;
}

const isKnown = ({ openEnv }: KnownValues, reference: Reference): boolean => {
  switch (reference.kind) {
    case 'param':
    case 'node':
      return true;
    case 'run':
      return reference.name !== 'id';
    case 'env':
      return !openEnv.has(reference.name);
    case 'whole':
      return reference.root === 'params' || (reference.root === 'env' && openEnv.size === 0);
    default:
      return false;
  }
};

/** True when all that an expression refers to is known before the run. */
export const isDecided = (known: KnownValues, { references }: { readonly references: readonly Reference[] }): boolean =>
  references.every((reference) => isKnown(known, reference));

const partText = (part: TemplatePart, known: KnownValues): OpenText => {
  if (part.kind === 'literal') return { text: part.text, open: false };
  const { expression } = part;
  if (!isDecided(known, expression)) return { text: `\${{${expression.source}}}`, open: true };
  const [secret] = secretsOfTemplate({ source: '', parts: [part], references: [] }, known.secrets);
  if (secret === undefined) return { text: textOfCelValue(expression.evaluate(known.scope)), open: false };
  return { text: `<${String(known.scope.params[secret] ?? `${secret}: not given`)}>`, open: false };
};

/**
 * A template's text before a run: known values put in, secrets as their references, the rest as it is written.
 * @throws AppError `expression.failed` for a value that is known to be missing
 */
export const renderOpenText = (text: string, known: KnownValues): OpenText => {
  const parts = parseTemplate(text).parts.map((part) => partText(part, known));
  return { text: parts.map((part) => part.text).join(''), open: parts.some((part) => part.open) };
};
