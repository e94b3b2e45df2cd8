/** A studio in this process: its routes are called as a browser calls them, without a socket. */
import { openBook } from '../../src/cli/lines/open-book.ts';
import { type StudioFlags, studioDependencies } from '../../src/cli/review/studio-dependencies.ts';
import { openTerminal } from '../../src/cli/screen/terminal.ts';
import { createStudioApp } from '../../src/studio/server/app.ts';
import { openPageFiles } from '../../src/studio/server/page-files.ts';
import { openStudio, type Studio } from '../../src/studio/studio.ts';

export interface OpenedStudio {
  studio: Studio;
  /** Sends a request to it, with the headers of its own page. */
  send(path: string, init?: RequestInit): Promise<Response>;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of many kinds.
  get(path: string): Promise<any>;
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  post(path: string, body: object): Promise<{ status: number; body: any }>;
  /** The handler of requests, for a server on a socket. */
  fetch: (request: Request) => Response | Promise<Response>;
  /** Unexpected errors. */
  faults: unknown[];
  close(): Promise<void>;
}

const HOST = '127.0.0.1:8700';

export async function studioOf(
  manifest: string,
  flags: StudioFlags,
  { token, page = '/nowhere' }: { token?: string; page?: string } = {},
): Promise<OpenedStudio> {
  const stop = new AbortController();
  const { signal } = stop;
  const first = await openBook({ manifest, flags, terminal: openTerminal(), signal });
  if (first === undefined) throw new Error('The book has errors.');
  const faults: unknown[] = [];
  const onFault = (error: unknown): void => void faults.push(error);
  const given = studioDependencies({ first, flags, signal });
  const studio = await openStudio(given, { onFault });
  if ('errors' in studio) throw new Error(studio.errors);
  const app = createStudioApp({ studio, page: await openPageFiles(page), token, onFault });
  const send = async (path: string, init: RequestInit = {}): Promise<Response> =>
    app.fetch(new Request(`http://${HOST}${path}`, { ...init, headers: { host: HOST, ...init.headers } }));
  return {
    ...{ studio, send, faults },
    fetch: (request) => app.fetch(request),
    get: async (path) => (await send(path)).json(),
    post: async (path, body) => {
      const headers = { 'content-type': 'application/json', 'x-studio': '1', origin: `http://${HOST}` };
      const response = await send(path, { method: 'POST', headers, body: JSON.stringify(body) });
      return { status: response.status, body: await response.json() };
    },
    close: async () => {
      stop.abort();
      await studio.close();
      await given.close();
    },
  };
}
