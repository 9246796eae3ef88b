/** A job of these groups; `where` chooses its nodes. */
export const jobOf = (where: string, groups: readonly unknown[], spec: Readonly<Record<string, unknown>> = {}) => ({
  apiVersion: 'drover/v1',
  kind: 'Job',
  metadata: { name: 'faults' },
  spec: { targets: { where }, groups, ...spec },
});

/** Nodes with one of these roles. */
export const withRole = (...roles: readonly string[]): string =>
  `has(node.tags.role) && (${roles.map((role) => `node.tags.role == "${role}"`).join(' || ')})`;

/** Nodes with one of these names. */
export const named = (...names: readonly string[]): string =>
  names.map((name) => `node.name == "${name}"`).join(' || ');
