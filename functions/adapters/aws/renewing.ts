import { callWith, type KeptCredentials } from '#functions/adapters/agent/kept-credentials.ts';
import type { AwsKey } from './assumed-role.ts';

/** Names of errors about a key or token that is over, or that AWS does not know (any more). */
const staleNames: ReadonlySet<string> = new Set([
  'ExpiredTokenException',
  'ExpiredToken',
  'UnrecognizedClientException',
  'InvalidClientTokenId',
]);

const isStale = (error: unknown): boolean => error instanceof Error && staleNames.has(error.name);

/** A step of the SDK around a whole call, from its input on. */
type Step = <Input, Output>(next: (input: Input) => Promise<Output>) => (input: Input) => Promise<Output>;

/** A client of the SDK, as far as it takes such a step. */
export interface Renewable {
  readonly middlewareStack: {
    add(step: Step, options: { readonly step: 'initialize'; readonly name: string }): void;
  };
}

/** What the SDK asks for a key. It is marked as one that keeps its key itself, else every client would keep another one beside it. */
export const providerOf = (kept: KeptCredentials<AwsKey>): (() => Promise<AwsKey>) & { readonly memoized: true } =>
  Object.assign(() => kept.current(), { memoized: true } as const);

/** The client, which makes a call once more with a new key when AWS says that the one it was made with is over. */
export const renewing = <Client extends Renewable>(client: Client, kept: KeptCredentials<AwsKey>): Client => {
  const step: Step = (next) => (input) => callWith(kept, { call: () => next(input), isStale });
  client.middlewareStack.add(step, { step: 'initialize', name: 'droverRenewing' });
  return client;
};
