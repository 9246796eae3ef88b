import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { cors } from 'hono/cors';

/** An issuer of tokens (OpenID Connect) on loopback: authorization code with PKCE and refresh tokens. Nobody is asked for a password. */
export interface OidcIssuer {
  readonly url: string;
  /** Who a token is of; undefined for one that is over or was never issued. */
  subjectOf(token: string | undefined): string | undefined;
  /** What was asked of `/authorize`, oldest first. */
  readonly asked: readonly URLSearchParams[];
  /** How often a token was renewed. */
  renewals(): number;
  /** Seconds that the next tokens are good for. */
  setLife(seconds: number): void;
  /** Forgets all tokens, so that nothing can be renewed. */
  forget(): void;
  stop(): Promise<void>;
}

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Starts an issuer that knows one client, and signs everybody in as `subject`. */
export const startOidcIssuer = async ({
  clientId,
  subject,
}: {
  readonly clientId: string;
  readonly subject: string;
}): Promise<OidcIssuer> => {
  const codes = new Map<string, { readonly challenge: string; readonly redirectUri: string }>();
  const access = new Set<string>();
  const refresh = new Set<string>();
  const asked: URLSearchParams[] = [];
  let url = '';
  let life = 3600;
  let renewals = 0;

  const tokens = () => {
    const [accessToken, refreshToken] = [`access-${randomUUID()}`, `refresh-${randomUUID()}`];
    access.add(accessToken);
    refresh.add(refreshToken);
    const now = Math.floor(Date.now() / 1000);
    const claims = {
      iss: url,
      aud: clientId,
      sub: subject,
      email: `${subject}@example.test`,
      iat: now,
      exp: now + life,
    };
    return {
      ...{ access_token: accessToken, refresh_token: refreshToken, token_type: 'Bearer', expires_in: life },
      id_token: `${part({ alg: 'none' })}.${part(claims)}.`,
    };
  };

  const app = new Hono()
    .use(cors())
    .get('/.well-known/openid-configuration', (c) =>
      c.json({
        issuer: url,
        authorization_endpoint: `${url}/authorize`,
        token_endpoint: `${url}/token`,
        end_session_endpoint: `${url}/leave`,
        jwks_uri: `${url}/keys`,
      }),
    )
    .get('/authorize', (c) => {
      const query = new URL(c.req.url).searchParams;
      asked.push(query);
      const code = randomUUID();
      const redirectUri = query.get('redirect_uri') ?? '';
      codes.set(code, { challenge: query.get('code_challenge') ?? '', redirectUri });
      return c.redirect(`${redirectUri}?${new URLSearchParams({ code, state: query.get('state') ?? '' })}`);
    })
    .post('/token', async (c) => {
      const form = new URLSearchParams(await c.req.text());
      if (form.get('grant_type') === 'refresh_token') {
        if (!refresh.delete(form.get('refresh_token') ?? '')) return c.json({ error: 'invalid_grant' }, 400);
        renewals += 1;
        return c.json(tokens());
      }
      const code = codes.get(form.get('code') ?? '');
      codes.delete(form.get('code') ?? '');
      const challenge = createHash('sha256')
        .update(form.get('code_verifier') ?? '')
        .digest('base64url');
      const isRight = form.get('client_id') === clientId && form.get('redirect_uri') === code?.redirectUri;
      return isRight && code?.challenge === challenge ? c.json(tokens()) : c.json({ error: 'invalid_grant' }, 400);
    })
    .get('/leave', (c) => c.text('You have left.'));
  const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 });
  if (!server.listening) await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    subjectOf: (token) => (token !== undefined && access.has(token) ? subject : undefined),
    asked,
    renewals: () => renewals,
    setLife: (seconds) => {
      life = seconds;
    },
    forget: () => {
      access.clear();
      refresh.clear();
    },
    stop: async () => {
      const closed = once(server, 'close');
      server.close();
      if ('closeAllConnections' in server) server.closeAllConnections();
      await closed;
    },
  };
};
