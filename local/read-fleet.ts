import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError, messageOf } from '#shared/errors/app-error.ts';
import { type Fleet, parseFleet } from './cloud/fleet.ts';
import { defaultFleetYaml } from './default-fleet.ts';

/**
 * The fleet of a local cloud: the file that was named; else the one in its folder, which is written on first use.
 * @throws AppError `fleet.invalid` with what is wrong in the file
 */
export const readFleet = async (stateDir: string, fleetFile: string | undefined): Promise<Fleet> => {
  const path = fleetFile ?? (await ownFleetFile(stateDir));
  try {
    return parseFleet(await readFile(path, 'utf8'), path);
  } catch (cause) {
    throw new AppError('fleet.invalid', messageOf(cause), {
      cause,
      hint: 'A fleet file lists instances: {name, cloud, region, tags}. Remove yours to get the default one again.',
    });
  }
};

const ownFleetFile = async (stateDir: string): Promise<string> => {
  const path = join(stateDir, 'fleet.yaml');
  await mkdir(stateDir, { recursive: true });
  try {
    await writeFile(path, defaultFleetYaml, { flag: 'wx' });
  } catch (error) {
    // It is there already: its owner's version counts.
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
  return path;
};
