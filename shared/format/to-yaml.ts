import { stringify } from 'yaml';

/** A value as YAML: texts of several lines as blocks, no line folded, no anchors. */
export const toYaml = (value: unknown): string =>
  stringify(value, { lineWidth: 0, aliasDuplicateObjects: false, blockQuote: 'literal' });
