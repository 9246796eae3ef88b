import { describe, expect, it } from 'vitest';
import { parseJobFile } from '#shared/job/job-file.ts';
import { errorOf } from './jobs.ts';

/** A job of one phase with these operations, one line each. */
const jobOf = (operations: string, more: { readonly on?: string; readonly params?: string } = {}): string => `
apiVersion: drover/v1
kind: Job
metadata: {name: j}
spec:
  params: {${more.params ?? 'list: {type: list, default: [a, b]}'}}
  env: {SITE: vienna}
  targets: {where: 'true'}
  groups:
    - name: g
      phases:
        - name: p
          on: ${more.on ?? 'target'}
          operations:
${operations
  .trim()
  .split('\n')
  .map((line) => `            ${line}`)
  .join('\n')}
        - {name: later, operations: [{id: last, run: 'true'}]}
`;

const problems = (text: string): readonly string[] =>
  errorOf(() => parseJobFile(text, 'j.yaml')).places.map(({ message, suggestion }) =>
    [message, ...(suggestion === undefined ? [] : [suggestion])].join(' | '),
  );

describe('operations of a job', () => {
  it.each([
    ['- {id: a, echo: "on ${{ node.name }}"}'],
    ['- {id: a, setEnv: {COLOR: blue}}\n- {id: b, echo: "${{ env.COLOR }} ${{ env.SITE }}"}'],
    ['- {id: a, run: x, retries: {max: 2}, failOn: {patterns: ["ERROR"]}, okExitCodes: [0, 2]}'],
    ['- {id: a, if: "env.SITE == \'vienna\'", operations: [{id: b, run: x}], else: [{id: c, run: y}]}'],
    ['- {id: a, forEach: [x, 1, {k: v}], as: it, operations: [{id: b, echo: "${{ each.it }} ${{ each.index }}"}]}'],
    ['- {id: a, forEach: "${{ params.list }}", operations: [{id: b, echo: "${{ each.item }}"}]}'],
    ['- {id: a, run: x, outputs: {n: {type: int}}}\n- {id: b, echo: y, when: outputs.a.n > 5}'],
    ['- {id: a, wait: 30s}\n- {id: b, maintenanceWindow: {windows: [{from: "22:00", to: "04:00", days: [fri]}]}}'],
    ['- {id: a, extract: {from: "${{ params.list }}", path: "$[0]"}}\n- {id: b, echo: "${{ outputs.a.result }}"}'],
    ['- {id: a, fail: never, when: "false"}'],
  ])('may be %s', (operations) => {
    expect(parseJobFile(jobOf(operations), 'j.yaml').spec.groups).toHaveLength(1);
  });

  it.each([
    ['- {id: a, run: x, echo: y}', "operation 'a' has 'run' and 'echo'; it does one thing"],
    ['- {id: a, echo: y, okExitCodes: [1]}', "'okExitCodes' means nothing here; it belongs to run and use"],
    ['- {id: a, echo: y, interpreter: bash}', "'interpreter' is for scripts, and this is none"],
    ['- {id: a, if: "true"}', "if 'a' has no steps under 'operations'"],
    ['- {id: a, run: x, else: [{id: b, run: y}]}', "'else' means nothing here; it belongs to if"],
    ['- {id: a, if: "true", operations: [{id: a, run: y}]}', "'a' is already the id of the operation"],
    [
      '- {id: a, if: "true", operations: [{id: b, run: y, whne: x}]}',
      "'whne' is not a key of an operation | Did you mean 'when'?",
    ],
    ['- {id: a, aggregate: {from: b.c}}', 'gathers over all nodes, so it belongs in a phase that runs once'],
    ['- {id: a, extract: {from: x}}', "needs either 'path' or 'pattern'"],
    ['- {id: a, extract: {from: x, path: "$["}}', 'is not a JSON path'],
    ['- {id: a, maintenanceWindow: {windows: [{}], timeZone: Europe/Wien}}', "there is no time zone 'Europe/Wien'"],
    ['- {id: a, scope: run, setEnv: {A: "${{ node.name }}"}}', 'may differ between nodes'],
    ['- {id: a, wait: 6d}', 'is longer than five days'],
    ['- {id: a, run: x, failOn: {}}', "needs 'patterns' or 'exitCodes'"],
    ['- {id: a, run: x, failOn: {patterns: ["("]}}', 'is not a regular expression'],
    ['- {id: a, echo: "${{ env.STIE }}"}', "there is no environment variable 'STIE' | Did you mean 'SITE'?"],
    [
      '- {id: a, echo: "${{ env.X }}"}\n- {id: b, setEnv: {X: y}}',
      "env.X has no value here: operation 'b' runs after 'a'",
    ],
    ['- {id: a, echo: "${{ each.item }}"}', "there is no 'each.item'"],
    [
      '- {id: a, forEach: [1], operations: [{id: b, echo: "${{ each.itme }}"}]}',
      "there is no 'each.itme' | There are index, item.",
    ],
    [
      '- {id: a, forEach: [1], operations: [{id: b, run: x, outputs: {o: {}}}]}\n- {id: c, echo: "${{ outputs.b.o }}"}',
      "outputs.b.o has no value here: it has one value for each turn of forEach 'a', and is seen only inside it",
    ],
    [
      '- {id: a, if: "true", operations: [{id: b, run: x, outputs: {o: {}}}], else: [{id: c, echo: "${{ outputs.b.o }}"}]}',
      "outputs.b.o has no value here: 'b' is in the other branch of if 'a'",
    ],
    [
      '- {id: a, forEach: [1], operations: [{id: b, run: x}]}\n- {id: b_1, run: y}',
      "'b_1' is what a turn of the step 'b' is called",
    ],
    [
      '- {id: a, run: x, outputs: {o: {}}}\n- {id: b, run: y, when: outputs.a.o > 5}',
      'in this condition: No such overload: string > int',
    ],
  ])('may not be %s', (operations, message) => {
    expect(problems(jobOf(operations)).join('\n')).toContain(message);
  });

  it('say where in a block something is wrong', () => {
    const text = jobOf(
      '- id: a\n  if: "true"\n  operations:\n    - {id: b, if: "true", operations: [{id: c, run: x, timeout: 5}]}',
    );
    const [place] = errorOf(() => parseJobFile(text, 'j.yaml')).places;
    expect(place).toMatchObject({
      path: '/spec/groups/0/phases/0/operations/0/operations/0/operations/0/timeout',
      line: 18,
      suggestion: 'Write it with its unit: 5s, 5m.',
    });
  });
});
