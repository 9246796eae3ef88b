import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { callService } from '#functions/adapters/aws/service-error.ts';
import type { Probe } from '#shared/ports/examination.ts';

/** Whether anything could not be delivered in the last two weeks. SQS tells of no ages; CloudWatch has them as ApproximateAgeOfOldestMessage. */
export const deadLettersProbe = (client: SQSClient, queueUrl: string): Probe => ({
  check: 'dead letters',
  needs: `Allow sqs:GetQueueAttributes on the queue ${queueUrl}, or deploy again if it is gone.`,
  look: async () => {
    const { Attributes } = await callService(
      { name: 'The queue of dead letters', unavailable: 'engine.unavailable' },
      client.send(
        new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ['ApproximateNumberOfMessages'] }),
      ),
    );
    const count = Number(Attributes?.['ApproximateNumberOfMessages'] ?? Number.NaN);
    if (count === 0) return { status: 'ok', says: 'No event is undelivered' };
    return {
      status: 'warning',
      says: `About ${count} events could not be delivered, or their function failed each time`,
      advice: `aws sqs receive-message --queue-url ${queueUrl} shows what; docs/operations.md#events-undelivered says what to do.`,
    };
  },
});
