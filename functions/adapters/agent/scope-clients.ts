import { AppError } from '#shared/errors/app-error.ts';
import type { AgentScope } from '#shared/ports/agent.ts';

/** Whose credentials reach which account. */
export interface AccountCredentials<Credentials> {
  /** The account that the own credentials belong to. Placements without an account, or with this one, use them. */
  readonly homeAccount?: string;
  /** Credentials of other accounts, by account id; a provider that assumes a role fits where the cloud's SDK takes one. */
  readonly accounts?: Readonly<Record<string, Credentials>>;
}

/**
 * One client per account and region, built at its first use. `build` gets the credentials of an account of `accounts`, and none for the
 * own account.
 * @throws AppError `agent.unknown-placement` (from the returned function) for an account without credentials
 */
export const clientPerScope = <Credentials, Client>(
  { homeAccount, accounts = {} }: AccountCredentials<Credentials>,
  build: (region: string, credentials: Credentials | undefined) => Client,
): ((scope: AgentScope) => Client) => {
  const clients = new Map<string, Client>();
  const credentialsOf = (account: string | undefined): Credentials | undefined => {
    if (account === undefined || account === homeAccount) return undefined;
    if (Object.hasOwn(accounts, account)) return accounts[account];
    throw new AppError('agent.unknown-placement', `No credentials are configured for the account ${account}.`, {
      hint: 'Add the account and its role to the configuration, or correct the account of the node.',
    });
  };
  return ({ account, region }) => {
    const credentials = credentialsOf(account);
    const key = `${credentials === undefined ? '' : account} ${region}`;
    const known = clients.get(key);
    if (known !== undefined) return known;
    const client = build(region, credentials);
    clients.set(key, client);
    return client;
  };
};
