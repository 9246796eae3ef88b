import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  // The console is a package of its own, to which the names of this one mean nothing.
  resolve: { alias: [{ find: /^#shared\//, replacement: fileURLToPath(new URL('shared/', import.meta.url)) }] },
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/kit/own-temp-folder.ts'],
    testTimeout: 60_000,
    hookTimeout: 240_000,
    // Files that watch processes and clocks disturb each other when there are more of them than processors.
    maxWorkers: 2,
  },
});
