import * as z from 'zod';
import { variables } from '#shared/config/variables.ts';
import type { ConsoleSettings } from '#shared/contract/console-settings.ts';
import { address, type Environment, read, required } from './env.ts';

const consoleSchema = z
  .object({
    [variables.version]: required,
    [variables.consoleIssuer]: address,
    [variables.consoleAudience]: required,
    [variables.consoleClientId]: required,
    [variables.consoleScope]: required,
  })
  .transform(
    (env): ConsoleSettings => ({
      version: env[variables.version],
      signIn: {
        kind: 'oidc',
        issuer: env[variables.consoleIssuer],
        clientId: env[variables.consoleClientId],
        scope: env[variables.consoleScope],
        audience: env[variables.consoleAudience],
      },
    }),
  );

/**
 * What the web console is told at its start; by the environment of this process when none is given.
 * @throws AppError `config.invalid` that names the variable
 */
export const readConsoleEnv = (environment?: Environment): ConsoleSettings => read(consoleSchema, environment);
