import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 240_000,
    // Many tests wait for processes and clocks more than they compute: more of them than the two cores of the smallest machine go on at once.
    maxWorkers: 3,
  },
});
