import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { CostReporter } from './test/cost.ts';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: 'test/build.ts',
    reporters: [new CostReporter(), 'default'],
    // Most tests wait for processes and sockets for a quarter of their time; one more than there are processors keeps them busy.
    maxWorkers: availableParallelism() + 1,
    // On a busy machine of somebody else's a test of real processes may come too late once; twice is a failure. It is told.
    retry: process.env['CI'] === undefined ? 0 : 1,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
