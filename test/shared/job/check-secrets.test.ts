import { describe, expect, it } from 'vitest';
import { isAppError } from '#shared/errors/app-error.ts';
import { parseJobFile } from '#shared/job/job-file.ts';
import { resolveParams } from '#shared/job/params.ts';

const jobText = (parts: { readonly operation?: string; readonly env?: string; readonly params?: string }) => `
apiVersion: drover/v1
kind: Job
metadata: {name: j}
spec:
  params: {token: {type: secret}, plain: {type: string, default: x}${parts.params ?? ''}}
  env: {${parts.env ?? ''}}
  targets: {where: 'true'}
  groups:
    - name: g
      phases:
        - name: p
          operations:
            - {id: a, run: 'true'}
            - ${parts.operation ?? "{id: b, run: 'true'}"}
`;

/** Line, JSON Pointer and message of each finding. */
const findings = (parts: Parameters<typeof jobText>[0]): readonly string[] => {
  try {
    parseJobFile(jobText(parts), 'job.yaml');
    return [];
  } catch (error) {
    if (!isAppError(error, 'job.')) throw error;
    return error.places.map(({ line, column, path, message }) => `${line}:${column} ${path} ${message}`);
  }
};

describe('secret params in a job', () => {
  it('stand in env of every level, whole or with text around them', () => {
    expect(
      findings({
        env: "A: '${{ params.token }}', B: 'https://u:${{params.token}}@${{ node.host }}/${{ params.plain }}'",
        operation: "{id: b, run: 'true', env: {C: 'x${{ params.token }}${{ params.token }}'}}",
      }),
    ).toEqual([]);
  });

  it.each([
    ['args', "{id: b, run: 'true', args: ['${{ params.token }}']}", '/args/0', 'arguments are seen by every user'],
    ['a condition', "{id: b, run: 'true', when: 'params.token == \"x\"'}", '/when', 'which only env may hold'],
    ['echo', "{id: b, echo: 'it is ${{ params.token }}'}", '/echo', 'which only env may hold'],
    ['setEnv', "{id: b, setEnv: {A: '${{ params.token }}'}}", '/setEnv/A', 'which only env may hold'],
    ['fail', "{id: b, fail: '${{ params.token }}'}", '/fail', 'which only env may hold'],
    [
      'an output default',
      "{id: b, run: 'true', outputs: {env: {default: '${{ params.token }}'}}}",
      '/outputs/env/default',
      'which only env may hold',
    ],
    [
      'if',
      "{id: b, if: 'size(params.token) > 3', operations: [{id: c, run: 'true'}]}",
      '/if',
      'which only env may hold',
    ],
    [
      'forEach',
      "{id: b, forEach: '${{ params.token }}', operations: [{id: c, run: 'true'}]}",
      '/forEach',
      'which only env may hold',
    ],
    [
      'a computed value',
      "{id: b, run: 'true', env: {A: '${{ params.token + \"x\" }}'}}",
      '/env/A',
      'nothing can be computed with a secret',
    ],
    [
      'a condition in env',
      '{id: b, run: \'true\', env: {A: \'${{ params.plain == "x" ? params.token : "" }}\'}}',
      '/env/A',
      'nothing can be computed',
    ],
    [
      'a variable that shells own',
      "{id: b, run: 'true', env: {PATH: '${{ params.token }}'}}",
      '/env/PATH',
      'cannot hold a secret',
    ],
    ['a locale', "{id: b, run: 'true', env: {LC_ALL: '${{ params.token }}'}}", '/env/LC_ALL', 'cannot hold a secret'],
  ])('are refused in %s, with the place', (_, operation, path, message) => {
    const found = findings({ operation });
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(/^1[4-6]:\d+ /);
    expect(found[0]).toContain(`${path} `);
    expect(found[0]).toContain(message);
  });

  it('are refused in targets', () => {
    const text = jobText({}).replace("where: 'true'", "where: 'node.name == params.token'");
    expect(() => parseJobFile(text, 'job.yaml')).toThrow(/param 'token' is a secret, which only env may hold/);
  });

  it('are not read through a variable that holds them', () => {
    expect(findings({ env: "A: '${{ params.token }}'", operation: "{id: b, echo: '${{ env.A }}'}" })).toEqual([
      expect.stringContaining('/echo env.A holds a secret'),
    ]);
  });

  it('take no pattern, options or limits, and only a reference as their default', () => {
    const clear = findings({ params: ', other: {type: secret, default: hunter2}' });
    expect(clear).toEqual([expect.stringContaining('/spec/params/other/default expected a reference to a secret')]);
    expect(clear.join()).not.toContain('hunter2');
    expect(findings({ params: ", other: {type: secret, default: 'ssm:/a'}" })).toEqual([]);
    expect(findings({ params: ', other: {type: secret, pattern: x, options: [a], min: 1}' })).toHaveLength(3);
  });

  it('are at most 62', () => {
    const params = Array.from({ length: 62 }, (_, index) => `, s${index}: {type: secret}`).join('');
    expect(findings({ params })).toEqual([expect.stringContaining('a job has at most 62 secrets, this one has 63')]);
  });
});

describe('values of secret params', () => {
  const job = parseJobFile(jobText({}), 'job.yaml');

  it('are references, kept as they are', () => {
    expect(resolveParams(job, { token: ' ssm:/drover/secrets/a ' })).toEqual({
      token: 'ssm:/drover/secrets/a',
      plain: 'x',
    });
  });

  it.each([
    ['hunter2-in-clear'],
    [1234567],
    [['hunter2-in-clear']],
    [{ a: 'hunter2-in-clear' }],
    ['ssm:hunter2 in clear'],
  ])('are refused in clear, and not repeated: %j', (token) => {
    const error = (() => {
      try {
        return resolveParams(job, { token });
      } catch (thrown) {
        return thrown;
      }
    })();
    expect(error).toMatchObject({ code: 'params.invalid', places: [{ path: '/token' }] });
    expect(JSON.stringify([error, String(error)])).not.toMatch(/hunter2|1234567/);
  });
});
