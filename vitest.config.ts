import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/kit/own-temp-folder.ts'],
    testTimeout: 60_000,
    hookTimeout: 240_000,
    // Files that watch processes and clocks disturb each other when there are more of them than processors.
    maxWorkers: 2,
  },
});
