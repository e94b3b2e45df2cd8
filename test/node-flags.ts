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
