import { SFNClient } from '@aws-sdk/client-sfn';
import { ownClientConfig } from '#functions/adapters/aws/own-client-config.ts';
import { createSfnCompleter, createSfnEngine } from '#functions/adapters/sfn/sfn-engine.ts';
import type { Engine } from '#shared/ports/services.ts';
import { readMachineEnv } from './env.ts';

/** The engine of the deployed stack. */
export const openEngine = (): Engine =>
  createSfnEngine({ ...readMachineEnv(), client: new SFNClient(ownClientConfig) });

/** Its part that completes tokens, for functions that the state machine itself calls: they cannot be told its ARN. */
export const openCompleter = (): Pick<Engine, 'complete'> => createSfnCompleter(new SFNClient(ownClientConfig));
