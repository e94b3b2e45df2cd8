/** The tools that only look: check, status, suspects. They call nothing and cost nothing. */
import { existsSync } from 'node:fs';
import * as z from 'zod';
import { openConfiguredStore } from '../../composition/open-store.ts';
import { checkManifest } from '../../library/check-manifest.ts';
import { openBook } from '../../library/opened-book.ts';
import { requireChapters } from '../../library/require-chapters.ts';
import { lineStates, suspects } from '../../lines/line-states.ts';
import { hasErrors } from '../../manifest/diagnostics/diagnostic.ts';
import { listBooks } from '../../submissions/list.ts';
import { pickBook } from '../control/pick-book.ts';
import { bookEvent } from '../screen/books-screen.ts';
import { counted } from '../screen/format.ts';
import { answer, answerOrFailure, MOST_LISTED, shownDiagnostic } from './answer.ts';
import type { ToolContext } from './context.ts';
import { CHAPTERS, MANIFEST } from './inputs.ts';

const LOOKS = { readOnlyHint: true, openWorldHint: false };

/** Adds them. */
export function addLookTools({ server, config }: ToolContext): void {
  server.registerTool(
    'check',
    {
      title: 'Check a book',
      description: 'Every error and warning of a manifest and the files it names. Costs nothing.',
      inputSchema: { manifest: MANIFEST },
      annotations: LOOKS,
    },
    ({ manifest }) => answerOrFailure(() => check(manifest)),
  );
  server.registerTool(
    'status',
    {
      title: 'Books of the store',
      description:
        'Which books are queued, running, done or failed, the latest first; or one book with its failures. Costs nothing.',
      inputSchema: { book: z.string().optional().describe('ID, start of an ID, or title; default: all books') },
      annotations: LOOKS,
    },
    ({ book }) => answerOrFailure(() => status(book)),
  );
  server.registerTool(
    'suspects',
    {
      title: 'Lines to hear',
      description: 'Lines whose take the checks doubt or that the service refused, worst first. Costs nothing.',
      inputSchema: { manifest: MANIFEST, chapters: CHAPTERS },
      annotations: LOOKS,
    },
    ({ manifest, chapters }) => answerOrFailure(() => suspectLines(manifest, chapters)),
  );

  async function check(manifest: string) {
    const { book, diagnostics } = await checkManifest(manifest, config);
    const ok = book !== undefined && !hasErrors(diagnostics);
    const text = ok ? 'The book can be run.' : 'The book has errors.';
    const shown = diagnostics.slice(0, MOST_LISTED).map(shownDiagnostic);
    return answer(`${text} ${counted(diagnostics.length, 'finding')}.`, {
      ok,
      total: diagnostics.length,
      diagnostics: shown,
    });
  }

  async function status(name: string | undefined) {
    const isThere = config.s3 !== undefined || existsSync(config.storeDir);
    const books = isThere ? await listBooks(await openConfiguredStore(config)) : [];
    const wanted = name === undefined ? books : [pickBook(books, name)];
    const shown = wanted.slice(0, MOST_LISTED).map((book) => {
      const { failures, ...event } = bookEvent(book);
      return { ...event, failed: failures.length, failures: name === undefined ? [] : failures.slice(0, MOST_LISTED) };
    });
    const lines = shown.map(({ id, title, status: state }) => `${id}: “${title}”, ${state}`);
    return answer(lines.join('\n') || 'The store has no books.', { total: wanted.length, books: shown });
  }

  async function suspectLines(manifest: string, chapters: number[] | undefined) {
    const { book, store, account, draft, lines } = await openBook({ manifest, config });
    requireChapters(book, chapters);
    const wanted = lines.filter(({ chapter }) => chapters?.includes(chapter) ?? true);
    const states = await lineStates({ store, realm: account.realm, draft, lines: wanted, all: lines });
    const found = suspects(states);
    const missing = states.filter(({ verdict }) => verdict === 'none').length;
    const shown = found
      .slice(0, MOST_LISTED)
      .map(({ number, character, text, takes, chosen, verdict, doubts, reason }) => ({
        ...{ number, character, text, takes, chosen, verdict },
        doubts: doubts.map(({ check: name, measured, wanted: expected }) => ({
          check: name,
          measured,
          wanted: expected,
        })),
        ...(reason !== undefined && { reason }),
      }));
    const notes = [`${counted(found.length, 'line')} to hear`, ...(missing > 0 ? [`${missing} not spoken yet`] : [])];
    return answer(`${notes.join(', ')}.`, {
      lines: states.length,
      notSpoken: missing,
      total: found.length,
      suspects: shown,
    });
  }
}
