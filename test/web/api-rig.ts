/** The API over a real watched folder on a real socket; its responses are checked against its OpenAPI document. */

import { z } from 'zod';
import { listen } from '../../src/observe/listen.ts';
import type { InboxView } from '../../src/watch/view.ts';
import { EventLog } from '../../src/web/event-log.ts';
import { openApiDocument } from '../../src/web/openapi.ts';
import type { Resources } from '../../src/web/resources.ts';
import { createApiServer } from '../../src/web/server.ts';
import { type RigOptions, type WatchRig, watchRig } from '../watch/rig.ts';

interface Operation {
  operationId: string;
  responses: Record<string, { content?: Record<string, { schema?: object }> }>;
}
interface Document {
  components: { schemas: Record<string, object> };
  paths: Record<string, Record<string, Operation>>;
}

export interface Answered {
  status: number;
  headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: the document says what it is, and is checked
  body: any;
}

export interface ApiRig {
  watch: WatchRig;
  url: string;
  log: EventLog;
  faults: unknown[];
  /** Sends a request; fails when the response does not match the document. */
  ask(method: string, path: string, init?: RequestInit & { duplex?: 'half' }): Promise<Answered>;
  /** The only book's id. */
  onlyId(): Promise<string>;
  destroy(): Promise<void>;
}

/** Operations and statuses whose responses matched the document, such as `submit 202`. */
export const covered = new Set<string>();

const documented = openApiDocument() as Document;

const RESOURCES: Resources = {
  voices: async () => ({
    left: 0,
    voices: [
      {
        ...{ id: 'a'.repeat(64), voice: 'v1', model: 'a-model', characters: ['Mara'], simulated: false },
        ...{ enrolledAt: '2026-11-01T00:00:00.000Z', lastUsedOn: null, hasSample: true },
      },
    ],
  }),
  sample: async () => ({ bytes: Buffer.from('RIFF'), mediaType: 'audio/mpeg' }),
  limits: async () => ({ limits: [{ limit: 'sessions', model: null, used: 1, most: null }] }),
  workers: async () => ({
    shared: true,
    workers: [
      {
        ...{ worker: 'w', machine: 'm', pid: 1, kinds: ['bind'], sessions: 8 },
        steps: [{ kind: 'bind', book: 'Fog', number: null, chapter: null, seconds: 0.5 }],
      },
    ],
  }),
};

export async function apiRig(options: RigOptions & { token?: string; keptEvents?: number } = {}): Promise<ApiRig> {
  const { token, keptEvents, ...rest } = options;
  let view: InboxView | undefined;
  const faults: unknown[] = [];
  const log = new EventLog(keptEvents);
  const onFault = (error: unknown): number => faults.push(error);
  const server = createApiServer({ view: () => view, log, resources: RESOURCES, token, onFault });
  const listening = await listen(server, { host: '127.0.0.1', port: 0, flag: '--http-port' });
  const watch = await watchRig({
    ...rest,
    onOpen: (opened) => {
      view = opened;
    },
    emit: (event) => {
      watch.events.push(event);
      log.add(event);
    },
  });
  await watch.until('watching has begun', () => view !== undefined);
  const ask: ApiRig['ask'] = async (method, path, init = {}) => {
    const response = await fetch(`${listening.url}${path}`, { ...init, method });
    const type = response.headers.get('content-type') ?? '';
    const body = type.includes('json') ? await response.json() : Buffer.from(await response.arrayBuffer());
    checkAnswer({ method, path, status: response.status, type, body });
    return { status: response.status, headers: response.headers, body };
  };
  return {
    watch,
    url: listening.url,
    log,
    faults,
    ask,
    onlyId: async () => {
      let id = '';
      await watch.until('the book is seen', async () => {
        const { body } = await ask('GET', '/v1/books');
        id = body.books[0]?.id ?? '';
        return id !== '';
      });
      return id;
    },
    destroy: async () => {
      log.close();
      await listening.close();
      await watch.destroy();
    },
  };
}

function checkAnswer(of: { method: string; path: string; status: number; type: string; body: unknown }): void {
  const path = of.path.replace(/\?.*$/, '');
  const found = Object.entries(documented.paths).find(([template]) =>
    new RegExp(`^${template.replace(/\{\w+\}/g, '[^/]+')}$`).test(path),
  );
  const operation = found?.[1][of.method.toLowerCase()];
  if (operation === undefined) {
    if (of.status !== 404) throw new Error(`${of.method} ${path} is not in the document`);
    return;
  }
  const answer = operation.responses[of.status];
  const content = answer?.content ?? {};
  const media = Object.entries(content).find(([type]) => of.type.startsWith(type));
  if (media === undefined) throw new Error(`${operation.operationId} ${of.status} ${of.type} is not in the document`);
  const { schema } = media[1];
  if (schema !== undefined) z.fromJSONSchema(selfContained(schema) as never).parse(of.body);
  covered.add(`${operation.operationId} ${of.status}`);
}

/** The schema with all named ones inside, for a validator that knows no document around it. */
function selfContained(schema: object): object {
  const inside = { ...schema, $defs: documented.components.schemas };
  return JSON.parse(JSON.stringify(inside).replaceAll('#/components/schemas/', '#/$defs/'));
}
