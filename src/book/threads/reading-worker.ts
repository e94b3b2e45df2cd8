/** The worker thread that reads books, one at a time; `reading-thread.ts` starts it and ends it. */
import { once } from 'node:events';
import { parentPort } from 'node:worker_threads';
import { openSpeakers } from '../../script/speakers/open-speakers.ts';
import { loadBook, type ModelChooser } from '../load-book.ts';
import { takeApart } from '../pieces.ts';
import { readReferences } from '../references.ts';
import { errorOf, type FromReader, type ReadingTask, type ToReader, thrownFailure } from './reading-task.ts';

const port = parentPort;
if (port === null) throw new Error('Internal error: reading-worker.ts runs in a worker thread only.');

port.on('message', (message: ToReader) => {
  if ('task' in message) void carryOut(message.task).catch((error) => send({ failure: thrownFailure(error) }));
});

async function carryOut(task: ReadingTask): Promise<void> {
  const { frame, pieces } = takeApart(await resultOf(task));
  await sendAndWait({ frame });
  for (const piece of pieces) await sendAndWait({ piece });
  send({ end: true });
}

async function resultOf(task: ReadingTask): Promise<unknown> {
  if (task.read === 'book')
    return loadBook({ manifestPath: task.manifestPath, modelFor, ...(task.decided && { decided: task.decided }) });
  return task.read === 'speakers' ? openSpeakers(task.of.texts, task.of) : readReferences(task.path);
}

/** The store and the account are the other thread's. */
const modelFor: ModelChooser = async (book) => {
  const answer = await sendAndWait({ choose: book });
  if ('choice' in answer) return answer.choice;
  throw 'refusal' in answer ? errorOf(answer.refusal) : new Error('Internal error: no model was chosen.');
};

function send(message: FromReader): void {
  port?.postMessage(message);
}

async function sendAndWait(message: FromReader): Promise<ToReader> {
  const answered = once(port!, 'message');
  send(message);
  const [answer] = (await answered) as [ToReader];
  return answer;
}
