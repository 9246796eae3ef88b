import { type User, UserManager, WebStorageStateStore } from 'oidc-client-ts';
import { consolePaths } from '#shared/contract/console-settings.ts';
import { type Session, type SignIn, withBearer } from './session.ts';

/** The console at an issuer of tokens (OpenID Connect), as the deployment says. */
export interface OidcSettings {
  readonly issuer: string;
  readonly clientId: string;
  readonly scope: string;
  readonly audience: string;
}

const signedInPath = '/console/signed-in';

const managerOf = ({ issuer, clientId, scope, audience }: OidcSettings): UserManager =>
  new UserManager({
    authority: issuer,
    client_id: clientId,
    redirect_uri: `${location.origin}${signedInPath}`,
    post_logout_redirect_uri: `${location.origin}${consolePaths.home}`,
    scope,
    // Some issuers give a token for an API only when it is named.
    extraQueryParams: { audience },
    userStore: new WebStorageStateStore({ store: sessionStorage }),
    automaticSilentRenew: false,
  });

/** Where the person was when the sign-in began: a path of this page, never an address elsewhere. */
const returnPath = (state: unknown): string =>
  typeof state === 'string' && /^\/console\/(?!\/)/.test(state) ? state : consolePaths.home;

const leave = (manager: UserManager): Promise<void> =>
  manager.signinRedirect({ state: `${location.pathname}${location.search}` });

/** Gives tokens that are good; a person whose token cannot be renewed signs in again, and the promise never resolves. */
const goodTokens = (manager: UserManager): (() => Promise<string>) => {
  let renewing: Promise<User | null> | undefined;
  // One renewal for all that wait: an issuer may take a refresh token only once.
  const renew = (): Promise<User | null> => {
    renewing ??= manager
      .signinSilent()
      .catch(() => null)
      .finally(() => {
        renewing = undefined;
      });
    return renewing;
  };
  return async () => {
    const user = await manager.getUser();
    if (user !== null && user.expired !== true) return user.access_token;
    const renewed = user?.refresh_token === undefined ? null : await renew();
    if (renewed !== null) return renewed.access_token;
    await leave(manager);
    return new Promise(() => undefined);
  };
};

const sessionOf = (manager: UserManager, { profile }: User): Session => ({
  fetch: withBearer(goodTokens(manager)),
  name: profile.email ?? profile.preferred_username ?? profile.name ?? profile.sub,
  signOut: async () => {
    const { end_session_endpoint: endsThere } = await manager.metadataService.getMetadata();
    if (endsThere !== undefined) return manager.signoutRedirect();
    await manager.removeUser();
    location.assign(consolePaths.home);
  },
});

/**
 * Signs in at the issuer by authorization code with PKCE. Tokens stay in this window's storage.
 * @throws Error of the issuer, or of a sign-in that was begun in another window
 */
export const signInAtIssuer = async (settings: OidcSettings): Promise<SignIn> => {
  const manager = managerOf(settings);
  if (location.pathname === signedInPath) {
    const user = await manager.signinCallback();
    if (user === undefined) throw new Error('The issuer sent no token.');
    history.replaceState(null, '', returnPath(user.state));
    return { state: 'signedIn', session: sessionOf(manager, user) };
  }
  const user = await manager.getUser();
  if (user !== null && (user.expired !== true || user.refresh_token !== undefined))
    return { state: 'signedIn', session: sessionOf(manager, user) };
  await leave(manager);
  return { state: 'leaving' };
};
