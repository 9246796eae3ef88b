import { describe, expect, test } from 'vitest';
import { toYaml } from '#shared/format/to-yaml.ts';
import { parseJobFile } from '#shared/job/job-file.ts';
import { shortJob } from '#shared/job/short-job.ts';

const full = `apiVersion: drover/v1
kind: Job
metadata: {name: roll-shop, labels: {team: shop}}
spec:
  params:
    plain: {}
    version: {type: number, required: true, min: 1}
  env: {A: b}
  targets: {where: 'true'}
  runner: {where: 'node.name == "r"'}
  roundCount: 0
  groups:
    - name: roll
      strategy: grayScale
      rounds: [1, 10%, 100%]
      maxFailures: 5%
      phases:
        - {name: say, on: runner, round: first, operations: [{id: say, run: "echo a\\necho b\\n"}]}
        - name: restart
          operations:
            - {id: stop, run: ./stop.sh, failIgnore: true, timeout: 2m, args: [a, 1], interpreter: bash, outputs: {free: {}}}
            - {id: start, run: ./start.sh, when: outputs.stop.free == "1", runAs: shop, env: {V: '\${{ params.version }}'}}
`;

describe('a job in short', () => {
  test('reads back as the same job', () => {
    const job = parseJobFile(full, 'a.yaml');
    expect(parseJobFile(toYaml(shortJob(job)), 'b.yaml')).toEqual(job);
    expect(parseJobFile(JSON.stringify(shortJob(job)), 'b.json')).toEqual(job);
  });

  test('says nothing that is only a default, and writes scripts as blocks', () => {
    const text = toYaml(shortJob(parseJobFile(full, 'a.yaml')));
    for (const word of [
      'failIgnore: false',
      'args: []',
      'env: {}',
      'interpreter: sh',
      'timeout: 1h',
      'on: target',
      'required: false',
    ])
      expect(text).not.toContain(word);
    expect(text).toContain('run: |\n');
    expect(text).toContain('roundCount: 0');
    expect(text).not.toContain('&a');
  });
});
