/** `pipeline links`: download links to a book's finished files in a store on S3. */
import pLimit from 'p-limit';
import { loadBook } from '../../book/load-book.ts';
import { openConfiguredStore } from '../../composition/open-store.ts';
import { serviceOfBook } from '../../composition/own-server.ts';
import { type Flags, readConfig } from '../../config/config.ts';
import { ConfigError } from '../../config/values.ts';
import { markedStem, namedFiles } from '../../deliver/file-names.ts';
import { bookTags, type MarkedAs, partTags } from '../../deliver/marks/book-tags.ts';
import { storeMarked } from '../../deliver/marks/store-marked.ts';
import type { OutputFormat } from '../../manifest/manifest.ts';
import { bookFileStem } from '../../plan/names.ts';
import type { Plan, PlannedChapter } from '../../plan/plan.ts';
import { planRun } from '../../run/plan.ts';
import { findBook } from '../../store/books.ts';
import { findMaster } from '../../store/masters.ts';
import type { BlobRef, Store } from '../../store/store.ts';
import { EXIT } from '../command-line/exit-codes.ts';
import { samePlace } from '../command-line/same-place.ts';
import { printDiagnostics } from '../screen/diagnostics-screen.ts';
import { plain } from '../screen/format.ts';
import { openTerminal } from '../screen/terminal.ts';

/** Flags of the command; `expires` in seconds. */
export type LinksFlags = Flags & { expires: number; json?: boolean };

/** A finished file of the book, with the name it is delivered as, and what its tags say. */
interface FinishedFile {
  fileName: string;
  file: BlobRef;
  format: OutputFormat;
  marked: MarkedAs;
}

/** Copies with marks that are written at once. */
const COPIES_AT_ONCE = 2;

/**
 * Prints a link for each finished file. Exit code 0; 1 when a chapter or the book file is not finished (the others still get
 * links); 2 when the manifest has errors or the store is not on S3. A link is to a copy with the marks of the delivered file, which is
 * written into the store. Needs no key.
 */
export async function linksCommand(manifest: string, flags: LinksFlags): Promise<number> {
  const terminal = openTerminal();
  const config = readConfig(flags);
  if (config.s3 === undefined) {
    throw new ConfigError('Only a store on S3 has links. Name it with --store s3://bucket/prefix, as for the run.');
  }
  const loaded = await loadBook({ manifestPath: manifest });
  if (!flags.json || loaded.book === undefined) printDiagnostics(loaded, terminal);
  if (loaded.book === undefined) return EXIT.wrongInput;
  const store = await openConfiguredStore(config);
  const { account } = await serviceOfBook(config, loaded.book.manifest, { sends: false });
  const plan = await planRun({ book: loaded.book, store, account });
  const { files, missing } = await finishedFiles(plan, store);
  const expiresAt = new Date(Date.now() + flags.expires * 1000).toISOString();
  const copies = await markedCopies(files, store);
  const links = await Promise.all(
    copies.map(async ({ fileName, digest, byteLength }) => ({
      name: fileName,
      byteLength,
      url: await store.linkTo(digest, { fileName, expiresSeconds: flags.expires }),
    })),
  );
  if (flags.json) {
    terminal.raw(JSON.stringify({ type: 'links', title: plan.title, expiresAt, files: links, missing }));
  } else {
    for (const { name, url } of links) terminal.out(`${plain(name)}\n  ${url}`);
    if (links.length > 0)
      terminal.out(terminal.paint('dim', `Anybody who has a link can download its file until ${expiresAt}.`));
    for (const what of missing)
      terminal.err(
        `No link, because it is not finished: ${plain(what)}. To make it: pipeline run ${manifest}${samePlace(flags)}`,
      );
  }
  return missing.length === 0 ? EXIT.ok : EXIT.incomplete;
}

/** A copy of each file with its marks, in the store. */
async function markedCopies(
  files: readonly FinishedFile[],
  store: Store,
): Promise<(BlobRef & Pick<FinishedFile, 'fileName'>)[]> {
  const limit = pLimit(COPIES_AT_ONCE);
  return limit.map(files, async ({ fileName, ...stored }) => ({
    ...(await storeMarked({ store, ...stored })),
    fileName,
  }));
}

async function finishedFiles(plan: Plan, store: Store): Promise<{ files: FinishedFile[]; missing: string[] }> {
  const missing: string[] = [];
  const files: FinishedFile[] = [];
  for (const chapter of plan.chapters) {
    const found = await chapterFiles(plan, chapter, store);
    if (found === undefined) missing.push(`chapter ${chapter.number} "${chapter.title}"`);
    else files.push(...found);
  }
  if (plan.book === undefined) return { files, missing };
  const book = plan.book.need === 'reuse' ? await findBook(store, plan.book.step.key) : undefined;
  if (book === undefined) missing.push(`the book file "${plan.title}"`);
  else
    files.push({
      fileName: `${markedStem(bookFileStem(plan.title), book)}.m4b`,
      file: book.file,
      format: 'm4b',
      marked: bookTags({ plan, book }),
    });
  return { files, missing };
}

async function chapterFiles(plan: Plan, chapter: PlannedChapter, store: Store): Promise<FinishedFile[] | undefined> {
  if (chapter.master.need === 'make') return undefined;
  const master = await findMaster(store, chapter.master.step.key);
  if (master === undefined) return undefined;
  return namedFiles(plan, chapter, master).map(({ file, name, part }) => ({
    fileName: name,
    file,
    format: file.format,
    marked: partTags({ plan, chapter, master, part, digest: file.digest }),
  }));
}
