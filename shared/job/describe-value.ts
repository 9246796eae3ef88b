const shortest = 40;

/** A value as an error message names it: `'abc'`, `the number 3`, `a list`, `nothing`. Long texts are cut. */
export const describeValue = (value: unknown): string => {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  switch (typeof value) {
    case 'string':
      return `'${value.length > shortest ? `${value.slice(0, shortest)}…` : value}'`;
    case 'number':
      return `the number ${value}`;
    case 'boolean':
      return String(value);
    default:
      return 'a map';
  }
};
