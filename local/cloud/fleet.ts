import { createHash } from 'node:crypto';
import { parse, YAMLParseError } from 'yaml';
import * as z from 'zod';

/** The account of instances whose fleet entry names none. */
export const DEFAULT_ACCOUNT = '000000000000';
/** More instances than this in one file are a slip of the hand. */
const MOST_INSTANCES = 200_000;

const behaviourSchema = z.strictObject({
  /** The agent does not answer; the cloud still lists the instance. */
  offline: z.boolean().optional(),
  /** The instance is shut down: SSM refuses to send to it, Cloud Assistant aborts. */
  stopped: z.boolean().optional(),
  /** There is no agent until one is installed: SSM does not know the instance, Cloud Assistant never heard of it. */
  noAgent: z.boolean().optional(),
  /** Version of the agent; the latest when absent. */
  agentVersion: z
    .string()
    .regex(/^\d+(\.\d+){1,3}$/)
    .optional(),
  /** Delay before a command starts. */
  slowSeconds: z.number().min(0).max(3_600).optional(),
  /** How long it is down when it is rebooted; 1 when absent. */
  rebootSeconds: z.number().min(0).max(600).optional(),
  /** Chance that the delivery of a command fails. */
  flaky: z.number().min(0).max(1).optional(),
});

const common = {
  cloud: z.enum(['aws', 'aliyun']),
  account: z
    .string()
    .regex(/^\d{12,16}$/)
    .default(DEFAULT_ACCOUNT),
  region: z.string().regex(/^[a-z]{2}[a-z0-9-]+$/),
  os: z.enum(['linux', 'windows']).default('linux'),
  tags: z.record(z.string().min(1), z.string()).default({}),
  behaviour: behaviourSchema.default({}),
};

const entrySchema = z.strictObject({
  ...common,
  id: z.string().optional(),
  name: z.string().min(1),
  address: z.string().default('127.0.0.1'),
});

const generatorSchema = z.strictObject({
  ...common,
  count: z.int().min(1).max(MOST_INSTANCES),
  /** `{n}` becomes 1, 2, 3 … */
  name: z.string().includes('{n}', { error: 'must contain {n}, which becomes the number of the instance' }),
  address: z.string().default('127.0.0.1'),
});

const fileSchema = z.strictObject({
  instances: z.array(entrySchema).default([]),
  generate: z.array(generatorSchema).default([]),
});

/** One machine of the local cloud. */
export type FleetInstance = z.output<typeof entrySchema> & { readonly id: string };

/** The machines of the local cloud. */
export interface Fleet {
  readonly instances: readonly FleetInstance[];
}

const ID_PATTERNS = { aws: /^(i-([0-9a-f]{8}|[0-9a-f]{17})|mi-[0-9a-f]{17})$/, aliyun: /^i-[a-z0-9]{8,30}$/ } as const;

/**
 * Reads a fleet file (YAML or JSON).
 * @throws Error with the file's name and the place of every fault in it.
 */
export const parseFleet = (yamlText: string, fileName: string): Fleet => {
  const parsed = fileSchema.safeParse(readYaml(yamlText, fileName) ?? {});
  if (!parsed.success) {
    const faults = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'file'}: ${issue.message}`);
    throw new Error(`${fileName} is not a fleet file: ${faults.join('; ')}`);
  }
  const instances = [...parsed.data.instances, ...parsed.data.generate.flatMap(generated)].map(withId);
  checkInstances(instances, fileName);
  return { instances };
};

/** The identity of an instance whose entry has none: made of its cloud and name, so it is the same each time. */
export const instanceIdFor = (cloud: FleetInstance['cloud'], name: string): string => {
  const digest = createHash('sha256').update(`${cloud}/${name}`).digest('hex');
  if (cloud === 'aws') return `i-${digest.slice(0, 17)}`;
  return `i-bp${BigInt(`0x${digest}`).toString(36).slice(0, 18)}`;
};

const readYaml = (text: string, fileName: string): unknown => {
  try {
    return parse(text);
  } catch (cause) {
    if (!(cause instanceof YAMLParseError)) throw cause;
    throw new Error(`${fileName} is not YAML: ${cause.message}`, { cause });
  }
};

const generated = ({
  count,
  name,
  ...rest
}: z.output<typeof generatorSchema>): readonly z.output<typeof entrySchema>[] =>
  Array.from({ length: count }, (_, index) => ({ ...rest, name: name.replaceAll('{n}', String(index + 1)) }));

const withId = (entry: z.output<typeof entrySchema>): FleetInstance => ({
  ...entry,
  id: entry.id ?? instanceIdFor(entry.cloud, entry.name),
});

const checkInstances = (instances: readonly FleetInstance[], fileName: string): void => {
  const seen = new Map<string, string>();
  for (const { id, cloud, name } of instances) {
    if (!ID_PATTERNS[cloud].test(id))
      throw new Error(`${fileName}: ${id} of ${name} is not an instance id of ${cloud}`);
    const other = seen.get(id);
    if (other !== undefined) {
      throw new Error(
        `${fileName}: ${name} and ${other} have the same instance id ${id}; give each its own id or name`,
      );
    }
    seen.set(id, name);
  }
};
