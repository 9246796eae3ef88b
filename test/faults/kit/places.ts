const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

const words: Readonly<Record<string, string>> = { attempt: 'a', group: 'g' };

/**
 * Where in its run a task is: its input without the run's id and without tokens. `a1-g0-s0-p0-x0-b0.o0.t0` of an invocation, `a1 g0` of a
 * group.
 */
export const placeOf = (input: unknown): string => {
  if (!isObject(input)) return '';
  const fields = Object.entries(input).filter(([name]) => name !== 'runId' && name !== 'token');
  const hasInvocation = fields.some(([name]) => name === 'invocationId');
  return fields
    .filter(([name]) => !(hasInvocation && name === 'batchId'))
    .flatMap(([name, value]) =>
      typeof value === 'string' || typeof value === 'number'
        ? [`${words[name] ?? ''}${name === 'invocationId' ? String(value).replace(/^[^.]*\./, '') : value}`]
        : [],
    )
    .join(' ');
};
