import { consolePaths } from '#shared/contract/console-settings.ts';
import { type Session, type SignIn, withBearer } from './session.ts';

/** Where the token of this window is kept: until the window is closed. */
const keptAs = 'drover.token';

const sessionOf = (token: string): Session => ({
  fetch: withBearer(async () => token),
  signOut: async () => {
    sessionStorage.removeItem(keptAs);
    location.assign(consolePaths.home);
  },
});

const keep = (token: string): Session => {
  sessionStorage.setItem(keptAs, token);
  return sessionOf(token);
};

/** The token in a link such as `…/console/#token=…`, which `drover console` prints. */
export const tokenInFragment = (fragment: string): string | undefined =>
  new URLSearchParams(fragment.replace(/^#/, '')).get('token') ?? undefined;

/** Signs in with a token: the one of the link that was opened, else the one of this window, else one given by hand. */
export const signInByToken = (): SignIn => {
  const given = tokenInFragment(location.hash);
  if (given !== undefined) {
    // Out of the address, so that it is in no history, bookmark or picture of the screen.
    history.replaceState(null, '', `${location.pathname}${location.search}`);
    return { state: 'signedIn', session: keep(given) };
  }
  const kept = sessionStorage.getItem(keptAs);
  return kept === null ? { state: 'tokenNeeded', give: keep } : { state: 'signedIn', session: sessionOf(kept) };
};
