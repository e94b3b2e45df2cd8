import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { CostReporter } from './test/cost.ts';

/**
 * The files that take longest, longest first, by the wall time of the last quiet run: begun last, one of them would be
 * waited for alone.
 */
const LONG = [
  'queue/crash-quarantine',
  'queue/limits',
  'watch/folder',
  'watch/redis',
  'watch/scheduler',
  'watch/s3-inbox',
  'watch/day',
  'chaos/chaos',
  'library/examples',
  'queue/embedded',
  'observe/worker',
  'independent/check-report',
  'cli/money',
  'cli/commands',
  'cli/run',
  'cli/key-leak',
  'cli/killed-half-way',
  'cli/books',
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
].map((name) => `/test/${name}.test.ts`);

/** Files that need a process of their own: they look at their own process, change its user, or end in the middle of work. */
const ALONE = [
  ...['browser', 'chaos', 'independent', 'library', 'observe', 'outside', 'queue', 'soak', 'style', 'watch'].map(
    (folder) => `test/${folder}/**/*.test.ts`,
  ),
  'test/*.test.ts',
];

/**
 * Long files first. Those that share processes stand together: vitest ends a shared process when the next file in its list
 * may not have it.
 */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification): number => {
      const found = LONG.findIndex((name) => moduleId.endsWith(name));
      return found === -1 ? LONG.length : found;
    };
    const turn = (file: TestSpecification): number => {
      if (file.project.name === 'shared') return 1;
      return place(file) < LONG.length ? 0 : 2;
    };
    return [...files].sort((a, b) => turn(a) - turn(b) || place(a) - place(b) || a.moduleId.localeCompare(b.moduleId));
  }
}

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
    // Most tests wait for processes and sockets for half of their time; three more than there are processors keep them busy.
    maxWorkers: availableParallelism() + 3,
    projects: [
      {
        test: {
          ...OPTIONS,
          // The start of a process costs each file half a processor second, and modules are then loaded once for all.
          name: 'shared',
          include: ['test/**/*.test.ts'],
          exclude: ALONE,
          isolate: false,
        },
      },
      { test: { ...OPTIONS, name: 'alone', include: ALONE } },
    ],
  },
});
