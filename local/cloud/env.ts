import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Search path of the commands of instances: the one of this machine. */
export const hostPath = (): string =>
  process.env['PATH'] ?? '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Names under which commands may run here: the clouds' default, which stands for whoever runs the local cloud, and that user. */
export const hostUsers = (): readonly string[] => ['root', process.env['USER'] ?? 'root'];

/** PowerShell, where it is installed on this machine. */
export const hostPowerShell = (): string | undefined =>
  hostPath()
    .split(delimiter)
    .map((folder) => join(folder, 'pwsh'))
    .find((file) => existsSync(file));
