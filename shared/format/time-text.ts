/** A time of the API to the second: `2026-01-01T02:00:00Z`. */
export const timeText = (at: string): string => at.replace(/\.\d+Z$/, 'Z');
