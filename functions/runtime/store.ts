import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ownClientConfig } from '#functions/adapters/aws/own-client-config.ts';
import { countCapacity } from '#functions/adapters/dynamodb/count-capacity.ts';
import { createDynamoStore } from '#functions/adapters/dynamodb/dynamo-store.ts';
import type { Store } from '#shared/ports/store.ts';
import { readTableEnv } from './env.ts';
import { processMeter, systemClock } from './process.ts';

let opened: Store | undefined;

/** The store of the deployed stack; one for the process, so that its connections are used by all that need it. */
export const openStore = (): Store => {
  opened ??= createDynamoStore({
    ...readTableEnv(),
    client: countCapacity(new DynamoDBClient(ownClientConfig), processMeter),
    now: systemClock.now,
  });
  return opened;
};
