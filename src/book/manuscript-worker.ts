/** The worker thread that imports one manuscript; `manuscript-thread.ts` starts it and ends it. */
import { parentPort } from 'node:worker_threads';
import {
  type ImportedManuscript,
  importManuscript,
  type ManuscriptRefusal,
  type ManuscriptTask,
} from '../import/import-manuscript.ts';
import { type ThrownFailure, thrownFailure } from './reading-task.ts';

/** What the thread answers, once. */
export type FromManuscriptThread =
  | { imported: ImportedManuscript | ManuscriptRefusal }
  | { outOfMemory: true }
  | { failure: ThrownFailure };

const port = parentPort;
if (port === null) throw new Error('Internal error: manuscript-worker.ts runs in a worker thread only.');

port.once('message', (task: ManuscriptTask) => port.postMessage(answerTo(task)));

function answerTo(task: ManuscriptTask): FromManuscriptThread {
  try {
    return { imported: importManuscript(task) };
  } catch (error) {
    return isOutOfMemory(error) ? { outOfMemory: true } : { failure: thrownFailure(error) };
  }
}

/** A text or buffer larger than V8 can have. */
function isOutOfMemory(error: unknown): boolean {
  return error instanceof RangeError && /invalid (?:string|array) length|allocation failed/i.test(error.message);
}
