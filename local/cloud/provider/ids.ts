/** An id in the form of Cloud Assistant, made of a UUID: `c-hz…` for commands, `t-hz…` for invocations, `f-hz…` for files. */
export const assistantId = (kind: 'c' | 't' | 'f', uuid: string): string =>
  `${kind}-hz${BigInt(`0x${uuid.replaceAll('-', '')}`)
    .toString(36)
    .padStart(15, '0')
    .slice(-15)}`;
