import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Meter } from '#shared/ports/meter.ts';

const reading = /^(Get|Query|BatchGet)/;

/** Units that an answer says were used: of one table, or of each table of a bulk call. */
const unitsOf = (output: unknown): number => {
  const told = typeof output === 'object' && output !== null ? Reflect.get(output, 'ConsumedCapacity') : undefined;
  const all: readonly unknown[] = Array.isArray(told) ? told : [told];
  return all.reduce<number>((sum, one) => {
    const units: unknown = typeof one === 'object' && one !== null ? Reflect.get(one, 'CapacityUnits') : undefined;
    return sum + (typeof units === 'number' ? units : 0);
  }, 0);
};

/**
 * Makes a client ask with each call which capacity it used, and tells the meter. A write whose condition does not hold costs a unit too and says
 * nothing of it.
 */
export const countCapacity = (client: DynamoDBClient, meter: Meter): DynamoDBClient => {
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const isRead = reading.test(String(context.commandName));
      try {
        const answer = await next({ ...args, input: { ...args.input, ReturnConsumedCapacity: 'TOTAL' } });
        const units = unitsOf(answer.output);
        meter.count(isRead ? { tableReads: units } : { tableWrites: units });
        return answer;
      } catch (error) {
        if (error instanceof Error && error.name === 'ConditionalCheckFailedException') meter.count({ tableWrites: 1 });
        throw error;
      }
    },
    { step: 'initialize', name: 'countCapacity', override: true },
  );
  return client;
};
