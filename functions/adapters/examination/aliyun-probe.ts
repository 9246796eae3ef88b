import type { Caller } from '#functions/adapters/agent/caller.ts';
import type { EcsCalls } from '#functions/adapters/aliyun/ecs-calls.ts';
import type { AgentScope } from '#shared/ports/agent.ts';
import type { Probe } from '#shared/ports/examination.ts';

/** What a probe of Alibaba Cloud needs. */
export interface AliyunProbeOptions {
  readonly region: string;
  /** Signs in: reads the credentials, whose absence is told as a problem too. */
  readonly connect: () => Promise<(scope: AgentScope) => EcsCalls>;
  readonly caller: Caller;
}

/**
 * Whether ECS of a region is reached and takes the credentials. Of temporary ones nobody can say beforehand when they expire; that they have is
 * what the refusal says.
 */
export const aliyunProbe = ({ region, connect, caller }: AliyunProbeOptions): Probe => ({
  check: `ecs ${region}`,
  needs: `Allow ecs:DescribeInstances in ${region} to the RAM user of the access key; an InvalidAccessKeyId or InvalidSecurityToken means to put a new key into the parameter aliyunParameter (docs/operations.md).`,
  look: async () => {
    const calls = (await connect())({ region });
    const { Instances } = await caller.read(`ECS DescribeInstances in ${region}`, () =>
      calls.describeInstances({ maxResults: 1 }),
    );
    const untried = 'Sending was not tried (ecs:RunCommand has no dry run): drover exec on one node shows it';
    if (Instances.Instance.length > 0)
      return { status: 'ok', says: `It takes the credentials and knows instances. ${untried}` };
    return {
      status: 'warning',
      says: `It takes the credentials and has no instance in ${region}`,
      advice: `Take ${region} out of aliyunRegions, or see that the access key is of the right account.`,
    };
  },
});
