/** Words that cannot stand behind a dot in CEL. */
const reserved = new Set(['in', 'true', 'false', 'null']);

const member = (name: string): string => (reserved.has(name) ? `["${name}"]` : `.${name}`);

/** A param's value in an expression. */
export const paramCel = (name: string): string => `params${member(name)}`;

/** Template of a param's value. */
export const paramTemplate = (name: string): string => `\${{ ${paramCel(name)} }}`;

/** Template of an output's value. */
export const outputTemplate = (operationId: string, name: string): string =>
  `\${{ outputs${member(operationId)}${member(name)} }}`;
