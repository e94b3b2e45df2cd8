/** How the tests have Node run what lives for seconds: the programs that they start, and the test files themselves. */

/**
 * A program of the tests lives for seconds, and most code of a test file runs once: optimizing its WebAssembly (queue) and its
 * code (speech) costs it more than it gains, a third of all the processor time of a run. Only how often something must have
 * run before it is optimized is changed. `.ci/run`, the benches and rigs that are not `quick` run the program without. The V8
 * of Node 24 has no such number.
 */
export const NODE_FLAGS = [
  '--liftoff-only',
  '--min-semi-space-size=16',
  ...(Number.parseInt(process.versions.v8, 10) < 13 ? ['--interrupt-budget=600000'] : []),
];

/**
 * Seven processes of tests share the processors: threads that collect garbage beside each of them cost more than they save, and so
 * does collecting a young generation that is small.
 */
export const TEST_PROCESS_FLAGS = [
  ...NODE_FLAGS.filter((flag) => !flag.startsWith('--min-semi')),
  ...['--single-threaded-gc', '--no-incremental-marking', '--min-semi-space-size=32', '--max-semi-space-size=64'],
];
