import { parseFleet } from '#local/cloud/fleet.ts';

const aws = (number: number): string => `i-${String(number).padStart(17, '0')}`;
const aliyun = (number: number): string => `i-bp${String(number).padStart(18, '0')}`;

interface Some {
  readonly cloud: 'aws' | 'aliyun';
  readonly region: string;
  readonly first: number;
  readonly names: readonly string[];
  readonly tags: string;
  readonly behaviour?: string;
}

const some = ({ cloud, region, first, names, tags, behaviour = '' }: Some): readonly string[] =>
  names.map((name, index) => {
    const id = cloud === 'aws' ? aws(first + index) : aliyun(first + index);
    return `  - {id: ${id}, name: ${name}, cloud: ${cloud}, region: ${region}, tags: {${tags}}, behaviour: {${behaviour}}}`;
  });

/**
 * The fleet of all jobs; each takes its part by tags. Two clouds, three regions (so that a phase has several batches), a runner, and one
 * instance of each cloud that does not answer.
 */
export const faultFleet = parseFleet(
  [
    'instances:',
    ...some({ cloud: 'aws', region: 'eu-west-1', first: 1, names: ['h-1', 'h-2', 'h-3'], tags: 'role: h, far: no' }),
    ...some({ cloud: 'aws', region: 'us-east-1', first: 4, names: ['h-4'], tags: 'role: h, far: yes' }),
    ...some({ cloud: 'aliyun', region: 'cn-hangzhou', first: 1, names: ['c-1', 'c-2'], tags: 'role: c' }),
    ...some({
      cloud: 'aws',
      region: 'eu-west-1',
      first: 90,
      names: ['deaf-h'],
      tags: 'role: deaf',
      behaviour: 'offline: true',
    }),
    ...some({
      cloud: 'aliyun',
      region: 'cn-hangzhou',
      first: 90,
      names: ['deaf-c'],
      tags: 'role: deaf',
      behaviour: 'offline: true',
    }),
    ...some({ cloud: 'aws', region: 'eu-west-1', first: 99, names: ['runner'], tags: 'drover: runner' }),
  ].join('\n'),
  'fleet of the fault suite',
);
