/** The notifications of a watcher beyond its folder: webhooks, notes to people and the HTTP API, as flags and environment say. */
import { join } from 'node:path';
import { httpToken } from '../../composition/http-token.ts';
import { noteEndpoints } from '../../composition/note-endpoints.ts';
import { webhookEndpoints } from '../../composition/webhook-endpoints.ts';
import { type Listening, listen } from '../../observe/listen.ts';
import type { Work } from '../../run/run-options.ts';
import { Claims } from '../../watch/claim.ts';
import type { InboxEvent } from '../../watch/events.ts';
import { OWN_FOLDER } from '../../watch/file-names.ts';
import type { InboxView } from '../../watch/view.ts';
import { pageFolder } from '../review/page-folder.ts';

type StudioFlags = import('../review/studio-dependencies.ts').StudioFlags;

/** Gets every event of the watcher. */
export interface Notifications {
  onOpen(view: InboxView): void;
  emit(event: InboxEvent): void;
  close(): Promise<void>;
}

/** Throws `ConfigError` for settings that `startNotifications` would refuse: before a watcher says that it is at work. */
export function checkNotifications({ webhook, httpPort, httpHost = '127.0.0.1' }: NotificationFlags): void {
  webhookEndpoints(webhook);
  noteEndpoints();
  if (httpPort !== undefined) httpToken({ host: httpHost, flag: '--http-host' });
}

type NotificationFlags = { webhook?: string[]; httpPort?: number; httpHost?: string };

/** Starts what the flags name. Throws `ConfigError` for wrong settings; fails with `port-unavailable`. */
export async function startNotifications(of: {
  /** The watched folder, absolute. */
  folder: string;
  flags: NotificationFlags & StudioFlags;
  notice: (message: string) => void;
  /** The work of this process, as far as it is open. Default: none. */
  work?: () => Promise<Work> | undefined;
}): Promise<Notifications> {
  const { flags, notice, work = () => undefined } = of;
  const { secrets, endpoints: programs } = webhookEndpoints(flags.webhook);
  const endpoints = [...programs, ...noteEndpoints()];
  const api = await startApi(flags, { notice, work });
  const webhooks =
    endpoints.length === 0
      ? undefined
      : (await import('../../web/webhook-delivery.ts')).startWebhooks({
          ...{ endpoints, secrets },
          ownFolder: join(of.folder, OWN_FOLDER),
          claims: new Claims(),
          notice,
        });
  return {
    onOpen: (view) => api?.onOpen(view),
    emit: (event) => {
      api?.emit(event);
      webhooks?.enqueue(event);
    },
    close: async () => {
      await api?.close();
      await webhooks?.close();
    },
  };
}

async function startApi(
  flags: { httpPort?: number; httpHost?: string } & StudioFlags,
  { notice, work }: { notice: (message: string) => void; work: () => Promise<Work> | undefined },
): Promise<Notifications | undefined> {
  const { httpPort: port, httpHost: host = '127.0.0.1' } = flags;
  if (port === undefined) return undefined;
  const [
    { createHttpServer },
    { createApi },
    { EventLog },
    { createBooksApp },
    { openPageFiles },
    { watchedStudios },
    { openResources },
  ] = await Promise.all([
    import('../../web/server.ts'),
    import('../../web/api.ts'),
    import('../../web/event-log.ts'),
    import('../../studio/server/books-app.ts'),
    import('../../studio/server/page-files.ts'),
    import('./watched-studios.ts'),
    import('./resources.ts'),
  ]);
  const token = httpToken({ host, flag: '--http-host' });
  const log = new EventLog();
  let view: InboxView | undefined;
  const onFault = (error: unknown): void =>
    notice(`HTTP API: ${error instanceof Error ? (error.stack ?? error.message) : error}`);
  const resources = openResources({ flags, work });
  const api = createApi({ view: () => view, log, resources, token, onFault });
  const page = await openPageFiles(pageFolder());
  const studios = watchedStudios({ view: () => view, flags, page, token, onFault });
  const app = createBooksApp({ api: (request) => api.fetch(request), page, token, studioOf: studios.answer });
  const server = createHttpServer((request) => app.fetch(request));
  const listening: Listening = await listen(server, { host, port, flag: '--http-port' });
  notice(
    `The HTTP API is at ${listening.url}; ${listening.url}/openapi.json describes it. All books: ${listening.url}/books`,
  );
  return {
    onOpen: (opened) => {
      view = opened;
    },
    emit: (event) => log.add(event),
    close: async () => {
      log.close();
      await listening.close();
      await studios.close();
      await resources.close();
    },
  };
}
