import type { RateKey } from '#shared/model/rate.ts';

/** Which call of which cloud: what its messages say, and what the cloud counts it under. */
export interface CallName extends RateKey {
  /** As users know it, such as `SSM`. */
  readonly service: string;
}

/** Names a call in messages, such as `SSM SendCommand in eu-west-1`. */
export const callText = ({ service, action, region }: CallName): string => `${service} ${action} in ${region}`;
