/**
 * The packages that are bundled into the program, because they consist of many files, or are read by every command; their licenses
 * are in `dist/licenses.txt`. An installed program needs none of them, so those that the brief does not name are development
 * dependencies. BullMQ's optional companions (bull-board, traces) ask for BullMQ itself.
 */
export const BUNDLED = [
  '@hono/node-server',
  '@modelcontextprotocol/sdk',
  'bullmq',
  'commander',
  'fflate',
  'hono',
  'htmlparser2',
  'ioredis',
  'n2words',
  'p-limit',
  'parse5',
  'smol-toml',
  'ws',
  'yaml',
  'zod',
];
