import type { Scope } from '#shared/expression/scope.ts';
import { renderSecretText, type SecretTemplateText } from '#shared/secrets/secret-text.ts';

/** Environment variables of a node: those that expressions may read, and those with secrets, which stay open in them. */
export interface NodeEnv {
  readonly env: Readonly<Record<string, string>>;
  readonly secretEnv: Readonly<Record<string, SecretTemplateText>>;
}

/** No variables. */
export const noEnv: NodeEnv = { env: {}, secretEnv: {} };

const without = <T>(all: Readonly<Record<string, T>>, names: readonly string[]): Record<string, T> =>
  Object.fromEntries(Object.entries(all).filter(([name]) => !names.includes(name)));

const isPlain = (parts: SecretTemplateText): parts is readonly string[] =>
  parts.every((part) => typeof part === 'string');

/** Puts values over variables; a name is one or the other, with a secret or without. */
export const overlayValues = ({ env, secretEnv }: NodeEnv, values: Readonly<Record<string, string>>): NodeEnv => ({
  env: { ...env, ...values },
  secretEnv: without(secretEnv, Object.keys(values)),
});

/**
 * Puts the variables of a level over those of the levels around it.
 * @throws AppError `expression.failed`
 */
export const overlayLevel = (
  below: NodeEnv,
  texts: Readonly<Record<string, string>>,
  scope: Scope,
  secrets: ReadonlySet<string>,
): NodeEnv => {
  const plain: Record<string, string> = {};
  const secret: Record<string, SecretTemplateText> = {};
  for (const [name, text] of Object.entries(texts)) {
    const parts = renderSecretText(text, scope, secrets);
    if (isPlain(parts)) plain[name] = parts.join('');
    else secret[name] = parts;
  }
  const { env, secretEnv } = overlayValues(below, plain);
  return { env: without(env, Object.keys(secret)), secretEnv: { ...secretEnv, ...secret } };
};
