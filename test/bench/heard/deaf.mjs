/**
 * Loaded before the built program (`NODE_OPTIONS=--import`): its listening thread hears nothing. All else is as always, so the
 * difference is what hearing costs.
 */
import { syncBuiltinESMExports } from 'node:module';
import threads from 'node:worker_threads';

const DEAF = `
const { parentPort } = require('node:worker_threads');
parentPort.on('message', ({ id }) => parentPort.postMessage({ id, heard: undefined }));`;

const { Worker } = threads;
threads.Worker = class extends Worker {
  constructor(file, options) {
    if (String(file).endsWith('listen-worker.js')) super(DEAF, { ...options, eval: true });
    else super(file, options);
  }
};
syncBuiltinESMExports();
