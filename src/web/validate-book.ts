/**
 * Checks a book that arrives over HTTP: the body is written to a folder of its own, read as the watcher reads books, and removed.
 * Nothing of it is submitted.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { type Diagnostic, hasErrors } from '../manifest/diagnostics/diagnostic.ts';
import { unpackArchive } from '../watch/unpack-zip.ts';
import type { InboxView } from '../watch/view.ts';
import { type BodyKind, kindOfBody } from './book-body.ts';
import { ProblemError } from './problem.ts';
import { type IncomingBook, receive, toProblem } from './submit-book.ts';

/** All errors and warnings. Throws a `ProblemError` for a body that is no book. */
export async function validateBook(
  view: InboxView,
  request: Pick<IncomingBook, 'headers' | 'body'>,
): Promise<{ ok: boolean; diagnostics: Diagnostic[] }> {
  const kind = kindOfBody(request.headers);
  const folder = join(view.ownFolder, 'tmp', `checking-${randomUUID()}`);
  try {
    await mkdir(folder);
    const file = join(folder, kind.file);
    await receive(request, kind.mostBytes, file);
    const diagnostics = await diagnose(view, { kind, file, folder });
    return { ok: !hasErrors(diagnostics), diagnostics };
  } catch (error) {
    throw toProblem(error);
  } finally {
    await rm(folder, { recursive: true, force: true }).catch(() => undefined);
  }
}

async function diagnose(
  view: InboxView,
  { kind, file, folder }: { kind: BodyKind; file: string; folder: string },
): Promise<Diagnostic[]> {
  if (kind.file === 'book.yaml') return named(await view.diagnose(file), folder);
  const unpacked = await unpackArchive({ archive: file, workFolder: folder, name: 'unpacked' });
  if (unpacked === 'no-room') throw new ProblemError(507, 'There is no room to unpack the archive. Try again later.');
  if ('problem' in unpacked) {
    const { problem: message, fix } = unpacked;
    return [{ code: 'archive-unreadable', severity: 'error', file: kind.file, message, fix }];
  }
  return named(await view.diagnose(unpacked.manifest), unpacked.folder);
}

/** Nobody but this program knows the folder: files are named as in the archive. */
function named(diagnostics: readonly Diagnostic[], folder: string): Diagnostic[] {
  const short = (text: string): string => text.replaceAll(`${folder}/`, '');
  return diagnostics.map(({ message, fix, file, ...rest }) => ({
    ...rest,
    message: short(message),
    ...(fix !== undefined && { fix: short(fix) }),
    file: relative(folder, resolve(file)),
  }));
}
