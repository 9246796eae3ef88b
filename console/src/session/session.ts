/** Who is signed in, as the rest of the page sees it. */
export interface Session {
  /** `fetch` with the proof of who calls; the proof is renewed when it has to be. */
  readonly fetch: typeof fetch;
  /** Name to show; absent where the proof has none. */
  readonly name?: string;
  /** Forgets the proof in this window, and leaves. */
  signOut(): Promise<void>;
}

/** How things stand before the first screen. */
export type SignIn =
  | { readonly state: 'signedIn'; readonly session: Session }
  /** A token has to be given by hand. */
  | { readonly state: 'tokenNeeded'; readonly give: (token: string) => Session }
  /** The browser is on its way to the issuer. */
  | { readonly state: 'leaving' };

/** `fetch` that sends a bearer token with requests to this origin only. */
export const withBearer =
  (token: () => Promise<string>): typeof fetch =>
  async (input, init) => {
    const request = new Request(input, init);
    request.headers.set('Authorization', `Bearer ${await token()}`);
    return fetch(request);
  };
