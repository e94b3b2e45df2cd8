import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { builtThreads } from './test/built-threads.ts';
import { CostReporter } from './test/cost.ts';
import { TEST_PROCESS_FLAGS } from './test/node-flags.ts';

/**
 * Files that mostly wait, for leases to expire or files to stop changing: a fifth of a processor each, for a minute or more.
 * Begun together they leave the processors idle, begun last they are waited for; so they run beside the others.
 */
const WAITING = testFiles([
  // Those with a process of their own, while no file shares one yet.
  'queue/limits',
  'watch/scheduler',
  'queue/redis',
  'queue/stop',
  'queue/crash-quarantine',
  'watch/folder',
  'watch/s3-inbox',
  'watch/day',
  'watch/redis',
  'queue/redis-errors',
  'queue/emptied-limits',
]);

/** How many of them begin at once; then one begins after so many others. */
const WAITING_AT_ONCE = 2;
const OTHERS_BETWEEN = 3;

/** The others that take longest, longest first, by the wall time of the last quiet run: begun last, one of them would be waited for alone. */
const LONG = testFiles([
  'chaos/chaos',
  'library/examples',
  'queue/embedded',
  'observe/worker',
  'independent/check-report',
  'style/style',
  'cli/money',
  'cli/commands',
  'cli/run',
  'cli/key-leak',
  'cli/killed-half-way',
  'cli/books',
  'outside/outside',
  'library/pipeline',
  'studio/in-browser',
  'cli/grants',
  'cli/damage',
  'cli/extras',
  'cli/voices',
  'store/s3',
  'cli/s3',
  'cli/proof',
  'cli/store',
  'cli/terminal-width',
  'cli/s3-out',
  'cli/bad-files',
  'cli/take-checks',
  'cli/examples',
  'cli/delivery',
  'cli/bad-input',
  'cli/own-server',
  'cli/import',
  'jobs/enroll',
  'jobs/hear-words',
  'jobs/bad-ffmpeg',
  'speech/inference/settings',
  'speech/openai-speech/settings',
  'audio/master',
  'audio/verdicts',
  'web/api',
  'book/products',
  'browser/page',
  'studio/books',
  'studio/handout',
  'holders/file-hold',
  'run/late-judgement',
  'run/allotments',
  'watch/day-money',
  'watch/review',
  'studio/attributions-in-browser',
  'store/spending-fold',
  'queue/tokens',
  'watch/other-files',
  'watch/urgent',
  'studio/changing',
]);

/**
 * Files that need a process of their own: they look at their own process, change its user, or end in the middle of work. A file
 * that only waits is none of them: each one costs its own start, and that of a process that is shared after it.
 */
const ALONE = [
  ...['chaos/chaos', 'soak/kept', 'library/examples', 'observe/worker'],
  ...['queue/embedded', 'queue/limits', 'queue/redis', 'queue/stop', 'watch/killed-day', 'watch/scheduler'],
].map((name) => `test/${name}.test.ts`);

/**
 * Long files first, with those that wait between them. Files that share processes stand together: vitest ends a shared process
 * when the next file in its list may not have it.
 */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const turn = (file: TestSpecification): number => {
      if (file.project.name === 'shared') return 1;
      return place(LONG, file) < LONG.length ? 0 : 2;
    };
    const byPlace = (list: string[]) => (a: TestSpecification, b: TestSpecification) =>
      place(list, a) - place(list, b) || a.moduleId.localeCompare(b.moduleId);
    const waits = (file: TestSpecification): boolean => place(WAITING, file) < WAITING.length;
    const waiting = files.filter(waits).sort(byPlace(WAITING));
    const others = files.filter((file) => !waits(file)).sort((a, b) => turn(a) - turn(b) || byPlace(LONG)(a, b));
    const sorted = waiting.splice(0, WAITING_AT_ONCE);
    while (others.length > 0) sorted.push(...others.splice(0, OTHERS_BETWEEN), ...waiting.splice(0, 1));
    return [...sorted, ...waiting];
  }
}

/** Where a file stands in a list; behind its end when it is not there. */
function place(list: string[], { moduleId }: TestSpecification): number {
  const found = list.findIndex((name) => moduleId.endsWith(name));
  return found === -1 ? list.length : found;
}

function testFiles(names: string[]): string[] {
  return names.map((name) => `/test/${name}.test.ts`);
}

const OPTIONS = {
  setupFiles: ['test/cost-of-file.ts', 'test/equal-bytes.ts'],
  execArgv: TEST_PROCESS_FLAGS,
  // On a busy machine a test of real processes may come too late once; twice is a failure. The report shows it.
  retry: process.env['CI'] === undefined ? 0 : 1,
  // A test ends long before; it has this long because the machine may have other work.
  testTimeout: 120_000,
  hookTimeout: 120_000,
  expect: { poll: { timeout: 10_000 } },
  // Under node_modules/, by the digest of what a module and its settings are: the next run transforms what has changed.
  experimental: { fsModuleCache: true },
};

export default defineConfig({
  test: {
    globalSetup: 'test/build.ts',
    reporters: [new CostReporter(), 'default'],
    sequence: { sequencer: LongestFirst },
    // Most tests wait for processes and sockets for half of their time; five more than there are processors keep them busy.
    maxWorkers: availableParallelism() + 5,
    projects: [
      {
        plugins: [builtThreads()],
        test: {
          ...OPTIONS,
          // The start of a process costs each file half a processor second, and modules are then loaded once for all.
          name: 'shared',
          include: ['test/**/*.test.ts'],
          exclude: ALONE,
          isolate: false,
        },
      },
      { plugins: [builtThreads()], test: { ...OPTIONS, name: 'alone', include: ALONE } },
    ],
  },
});
