/** `pipeline review`: serves the studio of one book until it is interrupted. */
import { once } from 'node:events';
import { httpToken } from '../../composition/http-token.ts';
import { hasDisplay } from '../../config/display.ts';
import { listen } from '../../observe/listen.ts';
import { createStudioApp } from '../../studio/server/app.ts';
import { openPageFiles } from '../../studio/server/page-files.ts';
import { openStudio } from '../../studio/studio.ts';
import { createHttpServer } from '../../web/server.ts';
import { EXIT } from '../command-line/exit-codes.ts';
import { onInterrupt } from '../command-line/interrupt.ts';
import { openBook } from '../lines/open-book.ts';
import { plain } from '../screen/format.ts';
import { openTerminal } from '../screen/terminal.ts';
import { openBrowser } from './browser.ts';
import { pageFolder } from './page-folder.ts';
import { type StudioFlags, studioDependencies } from './studio-dependencies.ts';

/** Flags of `review`. */
export interface ReviewFlags extends StudioFlags {
  port?: number;
  host?: string;
  /** False with `--no-open`. */
  open?: boolean;
}

/** Exit code 0 after Ctrl-C; 2 when the manifest is wrong. Fails with `port-unavailable`. */
export async function reviewCommand(manifest: string, flags: ReviewFlags): Promise<number> {
  const terminal = openTerminal();
  const { host = '127.0.0.1', port = 0 } = flags;
  const token = httpToken({ host, flag: '--host' });
  const interrupt = onInterrupt(() => terminal.err('Stopping: a take in progress has a moment to finish.'));
  const { signal } = interrupt;
  try {
    const first = await openBook({ manifest, flags, terminal, signal });
    if (first === undefined) return EXIT.wrongInput;
    const onFault = (error: unknown): void =>
      terminal.err(plain(error instanceof Error ? (error.stack ?? error.message) : String(error)));
    const given = studioDependencies({ first, flags, signal });
    const studio = await openStudio(given, { onFault });
    if ('errors' in studio) throw new Error('Internal error: a book has errors that it did not have a moment ago.');
    try {
      const app = createStudioApp({ studio, page: await openPageFiles(pageFolder()), token, onFault });
      const listening = await listen(createHttpServer(app.fetch), { host, port, flag: '--port' });
      const { url } = listening;
      if (flags.json) terminal.raw(JSON.stringify({ type: 'review', url, title: first.book.manifest.title }));
      else terminal.out(`${plain(first.book.manifest.title)}: ${url}   (Ctrl-C to stop)`);
      if (flags.open !== false && !flags.json && process.stdout.isTTY === true && hasDisplay()) openBrowser(url);
      if (!signal.aborted) await once(signal, 'abort');
      await listening.close();
      return EXIT.ok;
    } finally {
      await studio.close();
      await given.close();
    }
  } finally {
    interrupt.release();
  }
}
