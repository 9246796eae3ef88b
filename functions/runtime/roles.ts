import type { Roles } from '#shared/ports/services.ts';
import { readRolesEnv } from './env.ts';

/** Roles of a table `role -> actors`. */
export const createRoles = (table: Readonly<Record<string, readonly string[]>>): Roles => ({
  of: (actor) => Object.keys(table).filter((role) => table[role]?.includes(actor)),
});

/**
 * Roles as the environment has them.
 * @throws AppError `config.invalid`
 */
export const openRoles = (): Roles => createRoles(readRolesEnv().roles);
