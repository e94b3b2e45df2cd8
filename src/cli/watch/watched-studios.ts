/** The studios of the books of a watched folder, on its port: each is opened when somebody goes there. */
import { readConfig } from '../../config/config.ts';
import { readBook } from '../../library/opened-book.ts';
import { errorsInChinese } from '../../manifest/diagnostics/chinese/in-chinese.ts';
import { formatDiagnostics } from '../../manifest/diagnostics/diagnostic.ts';
import { createStudioApp } from '../../studio/server/app.ts';
import { noStudio } from '../../studio/server/books-app.ts';
import { forwardRequest } from '../../studio/server/forward-request.ts';
import type { PageFiles } from '../../studio/server/page-files.ts';
import type { StudioProblem } from '../../studio/server/problem.ts';
import { openStudio } from '../../studio/studio.ts';
import type { InboxView } from '../../watch/view.ts';
import { type StudioFlags, studioDependencies } from '../review/studio-dependencies.ts';
import { fewOpen, type Openable } from './few-open.ts';

/** Books whose studios are open at once; one more closes the one that was asked for longest ago and has no work under way. */
const MOST_OPEN = 8;

/** What a studio of the watched folder needs. */
export interface WatchedStudiosOf {
  view: () => InboxView | undefined;
  flags: StudioFlags;
  page: PageFiles;
  token: string | undefined;
  onFault(error: unknown): void;
}

interface OpenStudio extends Openable {
  fetch(request: Request): Response | Promise<Response>;
}

/** Opens none yet. `answer` takes requests below `/books/ID`, whose sender was checked; throws a `StudioProblem` for a book without one. */
export function watchedStudios(of: WatchedStudiosOf): {
  answer(id: string, request: Request): Promise<Response>;
  close(): Promise<void>;
} {
  const stop = new AbortController();
  const studios = fewOpen({ most: MOST_OPEN, open: (id) => openWatched(id, of, stop.signal), onFault: of.onFault });
  return {
    answer: async (id, request) => (await studios.get(id)).fetch(asOwn(id, request, of.token)),
    close: async () => {
      stop.abort();
      await studios.close();
    },
  };
}

async function openWatched(id: string, of: WatchedStudiosOf, signal: AbortSignal): Promise<OpenStudio> {
  const { flags, page, token, onFault } = of;
  const book = await of.view()?.book(id);
  if (book === undefined)
    throw noStudio(
      'No such book is in the watched folder. Load the list of books again.',
      '受监视的文件夹中没有这本书。请重新载入书单。',
    );
  if (!/\.ya?ml$/i.test(book.file))
    throw noStudio(
      `${book.path} is an archive. Its texts cannot be edited here: unpack it and drop the folder.`,
      `${book.path} 是压缩包，无法在此修改其中的文字。请解压，并放入文件夹。`,
    );
  const first = await readBook({ manifest: book.file, config: readConfig(flags), signal });
  if ('reading' in first) {
    const { diagnostics, sources } = first.reading;
    const errors = diagnostics.filter(({ severity }) => severity === 'error');
    throw withErrors(formatDiagnostics({ diagnostics: errors, sources, color: false }).trimEnd());
  }
  const given = studioDependencies({ first, flags, signal });
  const studio = await openStudio(given, { onFault });
  if ('errors' in studio) throw withErrors(studio.errors);
  const { fetch } = createStudioApp({ studio, page, token, onFault });
  return {
    fetch: (request) => fetch(request),
    isBusy: () => studio.jobs.underWay() !== undefined,
    close: async () => {
      await studio.close();
      await given.close();
    },
  };
}

function withErrors(errors: string): StudioProblem {
  return noStudio(errors, `\n${errorsInChinese(errors)}`);
}

/** The request as the studio of one book knows it: with its own path, from somebody who is known. */
function asOwn(id: string, request: Request, token: string | undefined): Request {
  const url = new URL(request.url);
  url.pathname = url.pathname.slice(`/books/${id}`.length) || '/';
  const headers = new Headers(request.headers);
  if (token !== undefined && url.pathname.startsWith('/studio/')) headers.set('authorization', `Bearer ${token}`);
  return forwardRequest(request, { url, headers });
}
