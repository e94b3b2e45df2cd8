/**
 * What a server is: whether it is our simulator, and the model that it has loaded.
 *
 * Anyone with access may load another model, or start another server at the same address, while a book is spoken. So the
 * server is asked before the first text and after each take, and must be the same.
 */
import { PipelineError } from '../../errors.ts';
import { quoteUntrusted } from '../dashscope/redact.ts';
import { failureOf, otherThanPlanned, readServerRefusal } from './failures.ts';
import { ask, hostOf, type ShortAnswer } from './http.ts';
import { type OpenAiSpeechOptions, type OwnServer, ownServer } from './options.ts';
import { HEALTH_PATH, MODELS_PATH } from './protocol.ts';
import { otherKind } from './speech-call.ts';
import { unlessAborted } from './unless-aborted.ts';

const WHAT = 'asking the server what it is';
const LOADING = 'a model that was being loaded';

/** What a server says of itself. */
export interface ServerIdentity {
  simulated: boolean;
  /** Its models; undefined when it lists none. */
  models: readonly ModelEntry[] | undefined;
  /** CrispASR's name of what is loaded; undefined elsewhere. */
  backend: string | undefined;
  /** It is not ready, so what it says may be incomplete. */
  loading: boolean;
}

interface ModelEntry {
  id: string;
  /** All that tells this model from another one under the same name. */
  facts: string;
}

/** Asks a server what it is. Rejects with `service-unreachable`, or `key-refused`. */
export async function identify(
  server: OwnServer,
  { timeoutMs, signal }: { timeoutMs: number; signal?: AbortSignal | undefined },
): Promise<ServerIdentity> {
  const list = await ask(server, { path: MODELS_PATH, timeoutMs, signal });
  if (list.status === 401 || list.status === 403 || (list.status >= 300 && list.status < 400))
    throw failureOf(readServerRefusal(list.status, list.headers, list.text), { server });
  const { simulated } = list;
  const asksHealth = server.profile === 'crispasr';
  const health = asksHealth ? await ask(server, { path: HEALTH_PATH, timeoutMs, signal }) : undefined;
  return {
    simulated,
    models: list.status === 200 ? modelsOf(list.text) : undefined,
    backend: health === undefined ? undefined : backendOf(health),
    loading: list.status === 503 || health?.status === 503,
  };
}

/** Keeps watch over one server. */
export interface IdentityWatch {
  /** Before a text: the server has the model, and is the same as before. Asks the first time, and while it is another one. */
  before(model: string, signal: AbortSignal | undefined): Promise<void>;
  /** After a take: it is still the same. */
  after(model: string, signal: AbortSignal | undefined): Promise<void>;
}

/** Makes a watch. Sends nothing. */
export function createIdentityWatch(options: OpenAiSpeechOptions): IdentityWatch {
  const server = ownServer(options);
  const known = new Map<string, { first: Promise<string | undefined>; changed: boolean }>();
  const timeoutMs = options.askTimeoutMs ?? 10_000;

  async function look(model: string, signal: AbortSignal | undefined, isFirst = false): Promise<string | undefined> {
    const identity = await identify(server, { timeoutMs, signal });
    const { simulated } = options;
    if (simulated !== undefined && identity.simulated !== simulated) throw otherKind(server, simulated);
    if (identity.loading) return undefined;
    if (isFirst) checkModel(identity, { model, server });
    return describe(identity, { model, server });
  }

  async function compare(model: string, signal: AbortSignal | undefined): Promise<void> {
    const state = known.get(model);
    if (state === undefined) return begin(model, signal);
    const [was, is] = await Promise.all([state.first, look(model, signal)]);
    // A server that loads a model after it has spoken is no longer the same, either.
    state.changed = was !== is;
    if (state.changed) throw changed({ server, was: was ?? LOADING, is: is ?? LOADING });
  }

  /** Everybody's first look. What a loading server says is not kept. */
  async function begin(model: string, signal: AbortSignal | undefined): Promise<void> {
    const first = look(model, undefined, true);
    known.set(model, { first, changed: false });
    const forget = () => known.delete(model);
    const kept = first.then((said) => (said === undefined ? void forget() : undefined));
    const remembered = kept.catch((error: unknown) => {
      forget();
      throw error;
    });
    await unlessAborted(remembered, signal, WHAT);
  }

  return {
    async before(model, signal) {
      const state = known.get(model);
      if (state === undefined) return begin(model, signal);
      await unlessAborted(state.first, signal, WHAT);
      if (state.changed) await compare(model, signal);
    },
    after: compare,
  };
}

function changed({ server, was, is }: { server: OwnServer; was: string; is: string }): PipelineError {
  const say = (text: string) => quoteUntrusted(text, server.apiKey ?? '');
  return otherThanPlanned(
    'model-unknown',
    `The server at ${hostOf(server)} has changed during the run: it had ${say(was)}, and now has ${say(is)}. The take was discarded, and no further text is sent. Load the first model again, then run again.`,
  );
}

function checkModel({ models }: ServerIdentity, { model, server }: { model: string; server: OwnServer }): void {
  if (models === undefined || models.some(({ id }) => id === model)) return;
  const say = (text: string) => quoteUntrusted(text, server.apiKey ?? '');
  throw new PipelineError({
    code: 'model-unknown',
    message: `The server at ${hostOf(server)} does not have the model "${say(model)}"; it has ${say(models.map(({ id }) => id).join(', ')) || 'none'}. Write its name after "model:" in the manifest, or start the server with that model.`,
    retry: 'never',
  });
}

/** One text that differs when the server differs. A hosted service lists many models that come and go: only ours counts. */
function describe(
  { models, backend }: ServerIdentity,
  { model, server }: { model: string; server: OwnServer },
): string {
  if (models === undefined) return backend ?? 'no list of models';
  const counted = server.profile === 'openai-strict' ? models.filter(({ id }) => id === model) : models;
  const facts = counted.map((entry) => entry.facts).sort();
  return [...(facts.length === 0 ? ['no model of that name'] : facts), ...(backend ? [backend] : [])].join(', ');
}

function modelsOf(text: string): ModelEntry[] | undefined {
  const rows = fieldOf(text, 'data');
  if (!Array.isArray(rows)) return undefined;
  return rows.flatMap((row: unknown): ModelEntry[] => {
    if (typeof row !== 'object' || row === null) return [];
    // Not `created`: some servers write the time of the request.
    const { id, root, backend } = row as Record<string, unknown>;
    if (typeof id !== 'string') return [];
    const more = [root, backend].filter((fact) => typeof fact === 'string' && fact !== id);
    return [{ id, facts: more.length === 0 ? id : `${id} (${more.join(', ')})` }];
  });
}

/** A server that loads its model says so with 503; it is asked again after the take. */
function backendOf({ status, text }: ShortAnswer): string | undefined {
  const backend = status === 200 ? fieldOf(text, 'backend') : undefined;
  return typeof backend === 'string' ? backend : undefined;
}

function fieldOf(text: string, field: string): unknown {
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === 'object' && body !== null ? (body as Record<string, unknown>)[field] : undefined;
  } catch {
    return undefined;
  }
}
