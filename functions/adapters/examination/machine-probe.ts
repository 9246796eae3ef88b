import { isDeepStrictEqual } from 'node:util';
import { DescribeStateMachineCommand, type SFNClient } from '@aws-sdk/client-sfn';
import { callService } from '#functions/adapters/aws/service-error.ts';
import type { Probe } from '#shared/ports/examination.ts';
import { runMachine } from '#shared/workflow/run-machine.ts';

/** `${StartRunFunction}` in the document is the ARN of a function in the machine. */
const placeholder = /^\$\{\w+\}$/;
const functionArn = /^arn:[\w-]+:lambda:/;

/** What stands where a function is missing; no text of the document. */
const noFunction = '';

/** The deployed definition with the document's placeholders where it has functions. */
const withPlaceholders = (deployed: unknown, document: unknown): unknown => {
  if (typeof deployed === 'string' && typeof document === 'string' && placeholder.test(document))
    return functionArn.test(deployed) ? document : noFunction;
  if (Array.isArray(deployed) && Array.isArray(document))
    return deployed.map((one, index) => withPlaceholders(one, document[index]));
  if (typeof deployed !== 'object' || deployed === null || typeof document !== 'object' || document === null)
    return deployed;
  const known = new Map(Object.entries(document));
  return Object.fromEntries(Object.entries(deployed).map(([key, one]) => [key, withPlaceholders(one, known.get(key))]));
};

/** Whether a definition is the document of this code, whatever its functions are called. */
const isOwn = (definition: string): boolean => {
  const document: unknown = JSON.parse(JSON.stringify(runMachine));
  return isDeepStrictEqual(withPlaceholders(JSON.parse(definition), document), document);
};

/** Whether the state machine is in use and does what this code expects. */
export const machineProbe = (client: SFNClient, stateMachineArn: string): Probe => ({
  check: 'state machine',
  needs: `Allow states:DescribeStateMachine on ${stateMachineArn}, or deploy again if it is gone.`,
  look: async () => {
    const { status, definition = 'null' } = await callService(
      { name: 'Step Functions', unavailable: 'engine.unavailable' },
      client.send(new DescribeStateMachineCommand({ stateMachineArn })),
    );
    if (status !== 'ACTIVE')
      return { status: 'problem', says: `It is ${status}`, advice: 'Deploy again; runs cannot start until then.' };
    if (isOwn(definition)) return { status: 'ok', says: 'It is ACTIVE, and has the definition of this version' };
    return {
      status: 'problem',
      says: 'Its definition is not that of this version',
      advice: 'Deploy again (npm run deploy): somebody changed it by hand, or a deployment stopped half way.',
    };
  },
});
