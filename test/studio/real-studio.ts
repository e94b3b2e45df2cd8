/** A studio of a book that the simulator speaks, with a fault that can be heard, on a port of this machine. */
import { vi } from 'vitest';
import { openBook } from '../../src/cli/lines/open-book.ts';
import { studioDependencies } from '../../src/cli/review/studio-dependencies.ts';
import { runCommand } from '../../src/cli/run/run.ts';
import { openTerminal } from '../../src/cli/screen/terminal.ts';
import { listen } from '../../src/observe/listen.ts';
import { type Simulator, startSimulator } from '../../src/simulator/server.ts';
import { createStudioApp } from '../../src/studio/server/app.ts';
import { openPageFiles } from '../../src/studio/server/page-files.ts';
import { openStudio } from '../../src/studio/studio.ts';
import { createHttpServer } from '../../src/web/server.ts';
import { bookFolder, called } from '../cli/in-process.ts';

const TEXTS = [
  'The boat came in, and nobody on the pier said a word.\n\n[mara] Ahoy, the light!\n\nNobody answered.',
  'The wind had turned.\n\n[mara] <b>Yes</b> "&amp;" abc.\n\nThey listened.',
];

/** The studio and what is behind it. */
export interface RealStudio {
  address: string;
  simulator: Simulator;
  /** Unexpected errors of the server. */
  faults: unknown[];
  /** The book's folder. */
  path: (...parts: string[]) => string;
  close: () => Promise<void>;
}

/**
 * Speaks a book whose line 1:2 has two seconds of silence inside, whatever is tried, and opens its studio. `store`: default, a
 * folder; `env`: further settings, such as those of a store on S3 or of Redis.
 */
export async function startRealStudio(
  given: { store?: string; env?: Record<string, string> } = {},
): Promise<RealStudio> {
  const book = await bookFolder(TEXTS);
  const simulator = await startSimulator({ voiceEngine: 'tones' });
  const { httpBaseUrl, realtimeUrl, inferenceUrl } = simulator;
  for (const [name, value] of Object.entries(given.env ?? {})) vi.stubEnv(name, value);
  vi.stubEnv('DASHSCOPE_API_KEY', 'sk-x');
  vi.stubEnv('DASHSCOPE_HTTP_BASE_URL', httpBaseUrl);
  vi.stubEnv('DASHSCOPE_REALTIME_URL', realtimeUrl);
  vi.stubEnv('DASHSCOPE_INFERENCE_URL', inferenceUrl);
  simulator.set({ faults: [{ kind: 'inserted-silence', text: 'Ahoy' }] });
  const { store = book.flags.store } = given;
  const { out } = book.flags;
  const flags = { store, out };
  const made = await called(() => runCommand(book.manifest, { ...flags, json: true }));
  if (made.code !== 0) throw new Error(`The book was not made: ${made.stderr}`);
  simulator.set({ faults: [] });
  const stop = new AbortController();
  const { signal } = stop;
  const first = await openBook({ manifest: book.manifest, flags, terminal: openTerminal(), signal });
  const faults: unknown[] = [];
  const onFault = (error: unknown): void => void faults.push(error);
  const studio = await openStudio(studioDependencies({ first: first!, flags, signal }), { onFault });
  if ('errors' in studio) throw new Error(studio.errors);
  const app = createStudioApp({
    studio,
    page: await openPageFiles('dist/src/studio/page'),
    token: undefined,
    onFault,
  });
  const listening = await listen(createHttpServer(app.fetch), { host: '127.0.0.1', port: 0, flag: '--port' });
  return {
    ...{ address: listening.url, simulator, faults, path: book.path },
    close: async () => {
      stop.abort();
      await listening.close();
      studio.close();
      await simulator.close();
      await book.destroy();
    },
  };
}
