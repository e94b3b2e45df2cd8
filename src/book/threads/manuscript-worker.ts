/** The worker thread that imports one manuscript; `manuscript-thread.ts` starts it and ends it. */
import { parentPort } from 'node:worker_threads';
import { systemCode } from '../../errors.ts';
import {
  type ImportedManuscript,
  importManuscript,
  type ManuscriptRefusal,
  type ManuscriptTask,
} from '../../import/import-manuscript.ts';
import { isReadablePdf } from '../../import/other-formats.ts';
import { type ThrownFailure, thrownFailure } from './reading-task.ts';

/** What the thread answers, once. `missing`: a package that is not installed. */
export type FromManuscriptThread =
  | { imported: ImportedManuscript | ManuscriptRefusal }
  | { outOfMemory: true }
  | { missing: string }
  | { failure: ThrownFailure };

const port = parentPort;
if (port === null) throw new Error('Internal error: manuscript-worker.ts runs in a worker thread only.');

port.once('message', async (task: ManuscriptTask) => port.postMessage(await answerTo(task)));

async function answerTo(task: ManuscriptTask): Promise<FromManuscriptThread> {
  try {
    if (!isReadablePdf(task.bytes)) return { imported: importManuscript(task) };
    // A page that its library has given up may still have a promise that fails.
    process.on('unhandledRejection', () => undefined);
    const { readPdfDocument } = await import('../pdf/pdf-document.ts');
    const opened = await readPdfDocument(task.bytes);
    return { imported: 'problem' in opened ? opened : importManuscript({ ...task, pdf: opened.pdf }) };
  } catch (error) {
    const missing = missingPackage(error);
    if (missing !== undefined) return { missing };
    return isOutOfMemory(error) ? { outOfMemory: true } : { failure: thrownFailure(error) };
  }
}

/** The package that an import did not find. */
function missingPackage(error: unknown): string | undefined {
  if (!/^(?:ERR_)?MODULE_NOT_FOUND$/.test(systemCode(error) ?? '')) return undefined;
  return error instanceof Error && error.message.includes('pdfjs-dist') ? 'pdfjs-dist' : undefined;
}

/** A text or buffer larger than V8 can have. */
function isOutOfMemory(error: unknown): boolean {
  return error instanceof RangeError && /invalid (?:string|array) length|allocation failed/i.test(error.message);
}
