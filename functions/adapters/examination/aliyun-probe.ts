import type { Caller } from '#functions/adapters/agent/caller.ts';
import { callName } from '#functions/adapters/aliyun/aliyun-context.ts';
import { blamesInstance } from '#functions/adapters/aliyun/aliyun-send.ts';
import type { EcsCalls } from '#functions/adapters/aliyun/ecs-calls.ts';
import { noInstance } from '#shared/config/ssm-documents.ts';
import type { AgentScope } from '#shared/ports/agent.ts';
import type { Probe } from '#shared/ports/examination.ts';
import { placeOf } from './place-of.ts';

/** What a probe of Alibaba Cloud needs. */
export interface AliyunProbeOptions {
  readonly scope: AgentScope;
  /** Signs in: reads the credentials, whose absence is told as a problem too. */
  readonly connect: () => Promise<(scope: AgentScope) => EcsCalls>;
  readonly caller: Caller;
}

/** Why nothing can be sent; undefined when it goes through to where ECS finds that there is no such instance. */
const refusalToSend = async (calls: EcsCalls, caller: Caller, scope: AgentScope): Promise<Error | undefined> => {
  const answer = await caller.ask({
    what: callName('RunCommand', scope),
    run: () =>
      calls.runCommand({
        ...{
          type: 'RunShellScript',
          commandContent: Buffer.from('true').toString('base64'),
          contentEncoding: 'Base64',
        },
        ...{ instanceId: [noInstance], timeout: 60, name: 'examination', clientToken: 'drover-examination' },
        ...{ terminationMode: 'ProcessTree', keepCommand: false },
      }),
    repeatable: true,
  });
  return answer.refused && !blamesInstance(answer.code) ? answer.error : undefined;
};

/**
 * Whether ECS of a region is reached, takes the credentials, and lets them list and send. Of temporary ones nobody can say beforehand when they expire; that
 * they have is what the refusal says.
 */
export const aliyunProbe = ({ scope, connect, caller }: AliyunProbeOptions): Probe => ({
  check: `ecs ${placeOf(scope)}`,
  needs: `Allow ecs:DescribeInstances in ${placeOf(scope)} to the RAM user or role; an InvalidAccessKeyId or InvalidSecurityToken means to put a new key where it is kept (docs/operations.md, "Rotate").`,
  look: async () => {
    const place = placeOf(scope);
    const calls = (await connect())(scope);
    const { Instances } = await caller.read(callName('DescribeInstances', scope), () =>
      calls.describeInstances({ maxResults: 1 }),
    );
    const refusal = await refusalToSend(calls, caller, scope);
    if (refusal !== undefined)
      return {
        status: 'problem',
        says: `It takes the credentials, but lets them send nothing. ${refusal.message}`,
        advice: `Allow ecs:RunCommand in ${place} to the RAM user or role.`,
      };
    if (Instances.Instance.length > 0)
      return {
        status: 'ok',
        says: 'It takes the credentials, knows instances, and would take commands (tried on an instance that there is not)',
      };
    return {
      status: 'warning',
      says: `It takes the credentials and has no instance in ${place}`,
      advice: `Take ${place} out of ${scope.account === undefined ? 'aliyunRegions' : 'aliyunAccounts'}, or see that the access key is of the right account.`,
    };
  },
});
