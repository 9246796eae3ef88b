import { type ConsoleSettings, consoleSettingsSchema } from '#shared/contract/console-settings.ts';
import type { SignIn } from './session.ts';
import { signInByToken } from './token-session.ts';

/** What the server of this page says about itself. */
export const readSettings = async (): Promise<ConsoleSettings> => {
  const answer = await fetch('/console/settings.json');
  if (!answer.ok) throw new Error(`The settings of the console were answered ${answer.status}.`);
  return consoleSettingsSchema.parse(await answer.json());
};

/** Signs in as the settings say. */
export const signIn = async ({ signIn: way }: ConsoleSettings): Promise<SignIn> => {
  if (way.kind === 'token') return signInByToken();
  // Loaded only where there is an issuer.
  const { signInAtIssuer } = await import('./oidc-session.ts');
  return signInAtIssuer(way);
};
