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

/**
 * Tests that call functions: their files share a process, which saves each of them the start of one (a quarter of their
 * processor time). They keep no state in modules, and change nothing outside their own temporary folders.
 */
const IN_PROCESS = [
  ...['audio', 'auth', 'book', 'captions', 'config', 'deliver', 'import', 'jobs', 'manifest', 'plan', 'qc'],
  ...['script', 'simulator', 'speech', 'studio-page', 'web'],
].map((folder) => `test/${folder}/**/*.test.ts`);

const OPTIONS = {
  setupFiles: 'test/cost-of-file.ts',
  // On a busy machine a test of real processes may come too late once; twice is a failure. The report shows it.
  retry: process.env['CI'] === undefined ? 0 : 1,
  testTimeout: 60_000,
  hookTimeout: 60_000,
};

export default defineConfig({
  test: {
    globalSetup: 'test/build.ts',
    reporters: [new CostReporter(), 'default'],
    sequence: { sequencer: LongestFirst },
    // Most tests wait for processes and sockets for half of their time; two more than there are processors keep them busy.
    maxWorkers: availableParallelism() + 2,
    projects: [
      { test: { ...OPTIONS, name: 'in-process', include: IN_PROCESS, isolate: false } },
      { test: { ...OPTIONS, name: 'programs', include: ['test/**/*.test.ts'], exclude: IN_PROCESS } },
    ],
  },
});
