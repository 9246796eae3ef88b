import type { AgentCares, CareRequest, CareResult } from '#shared/ports/agent-care.ts';

/** Clouds that do what they are asked about their agents, and note it. */
export interface ScriptedCare extends AgentCares {
  readonly asked: { readonly agent: 'aws' | 'aliyun'; readonly request: CareRequest }[];
}

/** `answer` says what comes of an instance; done when absent. */
export const createScriptedCare = (answer: (instanceId: string) => Partial<CareResult> = () => ({})): ScriptedCare => {
  const asked: ScriptedCare['asked'] = [];
  const careOf = (agent: 'aws' | 'aliyun') => ({
    instances: 2,
    bring: async (request: CareRequest) => {
      asked.push({ agent, request });
      return request.instanceIds.map((instanceId) => ({
        instanceId,
        refused: false,
        says: 'is done',
        ...answer(instanceId),
      }));
    },
  });
  return { asked, aws: careOf('aws'), aliyun: careOf('aliyun') };
};
