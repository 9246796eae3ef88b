/** How far two clocks may be apart, in milliseconds: requests that are signed may be five minutes off (IAM user guide), and schedules go by the clock. */
export const clockSkewMs = { warning: 30_000, problem: 240_000 } as const;
