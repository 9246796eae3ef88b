import { DescribeTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { callService } from '#functions/adapters/aws/service-error.ts';
import { clockSkewMs } from '#shared/config/clock-skew.ts';
import { formatDuration } from '#shared/model/duration.ts';
import type { Probe } from '#shared/ports/examination.ts';
import type { Clock } from '#shared/ports/services.ts';

/** What a clock probe needs. */
export interface ClockProbeOptions {
  /** For the probe alone: it listens to the client's answers. */
  readonly client: DynamoDBClient;
  readonly tableName: string;
  readonly clock: Clock;
}

/** The Date header of an answer has whole seconds. */
const wholeSecondMs = 1_000;

const headerOf = (response: unknown, name: string): string | undefined => {
  if (typeof response !== 'object' || response === null || !('headers' in response)) return undefined;
  const { headers } = response;
  return typeof headers === 'object' && headers !== null && name in headers
    ? String(Object.entries(headers).find(([key]) => key === name)?.[1])
    : undefined;
};

/** Whether the function's clock agrees with that of AWS: schedules and deadlines go by the former, signatures are judged by the latter. */
export const clockProbe = ({ client, tableName, clock }: ClockProbeOptions): Probe => {
  let date: string | undefined;
  client.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      date = headerOf(result.response, 'date');
      return result;
    },
    { step: 'deserialize', priority: 'high' },
  );
  return {
    check: 'clock of the functions',
    needs: `Allow dynamodb:DescribeTable on the table ${tableName}.`,
    look: async () => {
      const askedMs = clock.now();
      await callService(
        { name: `The table ${tableName}`, unavailable: 'store.unavailable' },
        client.send(new DescribeTableCommand({ TableName: tableName })),
      );
      const answeredMs = clock.now();
      const serverMs = Date.parse(date ?? '');
      if (Number.isNaN(serverMs))
        return { status: 'warning', says: 'The answer of DynamoDB had no date', advice: 'Nothing could be compared.' };
      // The header was written somewhen in between, up to a second before that by its own rounding.
      const offMs = Math.max(0, askedMs - serverMs - wholeSecondMs, serverMs - answeredMs);
      const says = `The function is ${offMs === 0 ? 'not' : formatDuration(offMs)} off the clock of DynamoDB`;
      if (offMs < clockSkewMs.warning) return { status: 'ok', says };
      const advice =
        'AWS sets the clocks of Lambda: deploy again for fresh machines, and tell AWS Support if it stays.';
      return { status: offMs < clockSkewMs.problem ? 'warning' : 'problem', says, advice };
    },
  };
};
