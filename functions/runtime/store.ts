import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ownClientConfig } from '#functions/adapters/aws/own-client-config.ts';
import { createDynamoStore } from '#functions/adapters/dynamodb/dynamo-store.ts';
import type { Store } from '#shared/ports/store.ts';
import { readTableEnv } from './env.ts';
import { systemClock } from './process.ts';

/** The store of the deployed stack. */
export const openStore = (): Store =>
  createDynamoStore({ ...readTableEnv(), client: new DynamoDBClient(ownClientConfig), now: systemClock.now });
