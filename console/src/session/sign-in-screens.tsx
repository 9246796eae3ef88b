import { type FormEvent, useState } from 'react';
import { consolePaths } from '#shared/contract/console-settings.ts';
import { messageOf } from '#shared/errors/app-error.ts';
import { Button } from '../parts/button.tsx';
import styles from './sign-in-screens.module.css';

/** Asks for the token of a server that knows callers by one. */
export const TokenForm = ({ onToken }: { readonly onToken: (token: string) => void }) => {
  const [token, setToken] = useState('');
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (token.trim() !== '') onToken(token.trim());
  };
  return (
    <main className={styles['screen']}>
      <form className={styles['card']} onSubmit={submit}>
        <h1>Drover</h1>
        <p>
          Open the link that <code>npx drover console</code> prints, or give the token of the server.
        </p>
        <label htmlFor="token">Token</label>
        <input
          id="token"
          type="password"
          autoComplete="off"
          value={token}
          onChange={({ target }) => setToken(target.value)}
        />
        <Button kind="primary" type="submit" disabled={token.trim() === ''}>
          Sign in
        </Button>
      </form>
    </main>
  );
};

/** Says why nobody could be signed in. */
export const SignInFailed = ({ error }: { readonly error: unknown }) => (
  <main className={styles['screen']}>
    <div className={styles['card']} role="alert">
      <h1>Nobody is signed in</h1>
      <p>{messageOf(error)}</p>
      <p className="dim">
        If it stays like this, compare issuer, client id and redirect address of the deployment with those at the
        issuer.
      </p>
      <Button kind="primary" onClick={() => location.assign(consolePaths.home)}>
        Try again
      </Button>
    </div>
  </main>
);
