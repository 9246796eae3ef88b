import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import type { SpawnerFileLine } from './protocol.ts';

/** A spawner's own file: how its runs are found again after the server died. See SpawnerFileLine. */
export class SpawnerFile {
  readonly #path: string;
  readonly #file: number;

  constructor(path: string) {
    this.#path = path;
    this.#file = openSync(path, 'a', 0o600);
  }

  add(line: SpawnerFileLine): void {
    writeSync(this.#file, `${JSON.stringify(line)}\n`);
  }

  /** For an orderly end: nothing is left that a later server has to know. */
  remove(): void {
    closeSync(this.#file);
    rmSync(this.#path, { force: true });
  }
}
