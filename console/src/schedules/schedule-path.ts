/** Names that the routes beside a schedule have. */
const taken: ReadonlySet<string> = new Set(['new']);

/** Address of a schedule. */
export const schedulePath = (name: string): string =>
  taken.has(name) ? `/schedules/${name}/history` : `/schedules/${encodeURIComponent(name)}`;

/** Address where a schedule is changed. */
export const editSchedulePath = (name: string): string => `/schedules/${encodeURIComponent(name)}/edit`;
