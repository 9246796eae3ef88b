import { isDeepStrictEqual } from 'node:util';
import { type Job, jobSchema } from '#shared/model/job.ts';

const unset: Job = jobSchema.parse({
  apiVersion: 'drover/v1',
  kind: 'Job',
  metadata: { name: 'x' },
  spec: {
    params: { x: {} },
    groups: [{ name: 'x', phases: [{ name: 'x', operations: [{ id: 'x', run: 'x' }] }] }],
  },
});
const [unsetGroup] = unset.spec.groups;
const [unsetPhase] = unsetGroup?.phases ?? [];
const [unsetOperation] = unsetPhase?.operations ?? [];

/** An object without the keys that have the value they would have if absent; keys in `kept` stay. */
const withoutDefaults = (value: object, defaults: object = {}, kept: readonly string[] = []): object =>
  Object.fromEntries(
    Object.entries(value).filter(
      ([key, one]) =>
        kept.includes(key) || !(Object.hasOwn(defaults, key) && isDeepStrictEqual(one, Reflect.get(defaults, key))),
    ),
  );

/** A job as a person would write it: without what is only a default. Reading it gives the same job. */
export const shortJob = (job: Job): object => {
  const { params, groups, ...spec } = job.spec;
  const shortParams = Object.fromEntries(
    Object.entries(params).map(([name, param]) => [name, withoutDefaults(param, unset.spec.params['x'])]),
  );
  const shortGroups = groups.map(({ phases, ...group }) => ({
    ...withoutDefaults(group, unsetGroup, ['name']),
    phases: phases.map(({ operations, ...phase }) => ({
      ...withoutDefaults(phase, unsetPhase, ['name']),
      operations: operations.map((operation) => withoutDefaults(operation, unsetOperation, ['id', 'run'])),
    })),
  }));
  return {
    ...job,
    spec: {
      ...(Object.keys(params).length === 0 ? {} : { params: shortParams }),
      ...withoutDefaults(spec, unset.spec),
      groups: shortGroups,
    },
  };
};
