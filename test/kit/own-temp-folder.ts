import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Vitest's global set-up: everything that tests and what they start put among the temporary files goes into one folder, which is removed with
 * whatever a killed process or a library (`cdk.out…`) left in it. Its name is short, as sockets below it have at most 107 bytes.
 */
export const setup = (): (() => void) => {
  const before = process.env['TMPDIR'];
  const folder = mkdtempSync(join(tmpdir(), 'dt-'));
  // As open as the folder it stands for: some scripts run as other users.
  chmodSync(folder, 0o1777);
  process.env['TMPDIR'] = folder;
  return () => {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  };
};
