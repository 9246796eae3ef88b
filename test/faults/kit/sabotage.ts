import type { SystemPorts } from '#functions/runtime/system.ts';

/** Makes the product wrong, in its first, second … life. The suite has to notice: one that does not proves nothing. */
export type Sabotage = (ports: SystemPorts, life: number) => SystemPorts;

/** What was sent before a crash is not looked for, and nodes run what they are sent as often as they are sent it. */
export const sendingBlindly: Sabotage = (ports) => {
  const { aws } = ports.agents;
  const send: typeof aws.send = (request) => {
    // Every sending has a fence of its own.
    const script = request.script.replaceAll('_2Et0', `_2Et0x${process.hrtime.bigint()}`);
    return aws.send({ ...request, script });
  };
  return { ...ports, agents: { ...ports.agents, aws: { ...aws, send, find: async () => undefined } } };
};

/** A run that is taken up again loses what its nodes print. */
export const losingOutput: Sabotage = (ports, life) => {
  const putResults: typeof ports.store.putResults = (results) =>
    ports.store.putResults(
      life === 1 ? results : results.map((one) => ({ ...one, outcome: { ...one.outcome, stdout: '' } })),
    );
  return { ...ports, store: { ...ports.store, putResults } };
};

/** A run that is taken up again stands still. */
export const standingStill: Sabotage = (ports, life) =>
  life === 1 ? ports : { ...ports, store: { ...ports.store, putProgress: () => new Promise(() => undefined) } };
