import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { CostReporter } from './test/cost.ts';

/** The files that take longest, longest first: begun last, one of them would be waited for alone. */
const LONG = [
  'cli/damage',
  'queue/crash-quarantine',
  'cli/run',
  'queue/limits',
  'cli/books',
  'watch/folder',
  'cli/commands',
  'watch/scheduler',
  'cli/s3',
  'queue/embedded',
  'watch/s3-inbox',
  'cli/money',
  'watch/day',
  'chaos/chaos',
  'cli/bad-files',
  'watch/redis',
  'cli/take-checks',
  'cli/proof',
  'observe/worker',
  'cli/s3-out',
  'queue/redis',
  'independent/check-report',
  'cli/bad-input',
  'web/api',
  'cli/levels',
  'store/s3',
].map((name) => `/test/${name}.test.ts`);

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification): number => {
      const found = LONG.findIndex((name) => moduleId.endsWith(name));
      return found === -1 ? LONG.length : found;
    };
    return [...files].sort((a, b) => place(a) - place(b) || a.moduleId.localeCompare(b.moduleId));
  }
}

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: 'test/build.ts',
    reporters: [new CostReporter(), 'default'],
    sequence: { sequencer: LongestFirst },
    // Most tests wait for processes and sockets for half of their time; two more than there are processors keep them busy.
    maxWorkers: availableParallelism() + 2,
    // On a busy machine of somebody else's a test of real processes may come too late once; twice is a failure. It is told.
    retry: process.env['CI'] === undefined ? 0 : 1,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
