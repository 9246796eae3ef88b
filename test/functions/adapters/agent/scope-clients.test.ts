import { describe, expect, test } from 'vitest';
import { clientPerScope } from '#functions/adapters/agent/scope-clients.ts';

const build = (region: string, credentials: string | undefined) => ({ region, credentials });

describe('clients by account and region', () => {
  test('are built once for each account and region', () => {
    const clientFor = clientPerScope({ accounts: { '222222222222': 'other' } }, build);
    const own = clientFor({ region: 'eu-west-1' });
    expect(clientFor({ region: 'eu-west-1' })).toBe(own);
    expect(clientFor({ region: 'us-east-1' })).not.toBe(own);
    expect(clientFor({ region: 'eu-west-1', account: '222222222222' })).toEqual({
      region: 'eu-west-1',
      credentials: 'other',
    });
  });

  test('take a placement that names the home account as one without an account', () => {
    const clientFor = clientPerScope({ homeAccount: '111111111111' }, build);
    expect(clientFor({ region: 'eu-west-1', account: '111111111111' })).toBe(clientFor({ region: 'eu-west-1' }));
  });

  test.each(['333333333333', 'toString', ''])('refuse the account %j, which nobody configured', (account) => {
    const clientFor = clientPerScope({ homeAccount: '111111111111', accounts: {} }, build);
    expect(() => clientFor({ region: 'eu-west-1', account })).toThrow(
      expect.objectContaining({ code: 'agent.unknown-placement' }),
    );
  });
});
