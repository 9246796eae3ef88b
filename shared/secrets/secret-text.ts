import { AppError } from '../errors/app-error.ts';
import { textOfCelValue } from '../expression/cel-values.ts';
import type { Scope } from '../expression/scope.ts';
import { parseTemplate, type Template, type TemplatePart } from '../expression/template.ts';

/** A rendered text in which only the node puts the secrets: texts, and names of params. */
export type SecretTemplateText = readonly (string | { readonly param: string })[];

const bareParam = /^\s*params\.(\w+)\s*$/;

const secretsIn = (part: TemplatePart, secrets: ReadonlySet<string>): readonly string[] =>
  part.kind === 'literal'
    ? []
    : part.expression.references.flatMap((one) => (one.kind === 'param' && secrets.has(one.name) ? [one.name] : []));

/** The secret that a part stands for, when it is nothing but that. */
const bareSecret = (part: TemplatePart, secrets: ReadonlySet<string>): string | undefined => {
  const name = part.kind === 'literal' ? undefined : bareParam.exec(part.expression.source)?.[1];
  return name !== undefined && secrets.has(name) ? name : undefined;
};

/** Names of the secret params that a template refers to, each once. */
export const secretsOfTemplate = (template: Template, secrets: ReadonlySet<string>): readonly string[] => [
  ...new Set(template.parts.flatMap((part) => secretsIn(part, secrets))),
];

/** Where a template does more with a secret than to stand for it, in characters from 0. */
export const misusedSecrets = (template: Template, secrets: ReadonlySet<string>): readonly number[] =>
  template.parts.flatMap((part) =>
    part.kind === 'expression' && secretsIn(part, secrets).length > 0 && bareSecret(part, secrets) === undefined
      ? [part.offset]
      : [],
  );

/**
 * A template's text with the secrets left open.
 * @throws AppError `expression.failed` for a value that is missing, and for an expression that would compute with a secret
 */
export const renderSecretText = (text: string, scope: Scope, secrets: ReadonlySet<string>): SecretTemplateText => {
  const rendered: SecretTemplateText[number][] = [];
  for (const part of parseTemplate(text).parts) {
    const next = renderPart(part, scope, secrets);
    const last = rendered.at(-1);
    if (typeof next === 'string' && typeof last === 'string') rendered[rendered.length - 1] = last + next;
    else rendered.push(next);
  }
  return rendered;
};

const renderPart = (part: TemplatePart, scope: Scope, secrets: ReadonlySet<string>): SecretTemplateText[number] => {
  if (part.kind === 'literal') return part.text;
  const param = bareSecret(part, secrets);
  if (param !== undefined) return requireGiven(param, scope);
  if (secretsIn(part, secrets).length > 0)
    throw new AppError('expression.failed', `\${{${part.expression.source}}} computes with a secret`);
  return textOfCelValue(part.expression.evaluate(scope));
};

const requireGiven = (param: string, { params }: Scope): { readonly param: string } => {
  if (params[param] !== undefined) return { param };
  throw new AppError('expression.failed', `The secret param '${param}' was not given`);
};
