/**
 * Notices that a model has gone, before a book has paid for it many times.
 *
 * The service does not always say so: a session of a retired model may open and then end, or stay silent, without a
 * reason. So each model speaks one text alone in this process until its first sound. When the service answers that text with silence, the
 * model counts as gone if its end has passed, if the table lacks it, or if the service's list of models does. Otherwise it counts as gone after
 * a few silent ends, one text at a time. A model that the service refuses in words is gone at once.
 */
import { interrupted, PipelineError } from '../../errors.ts';
import { dayOf } from '../../models/life.ts';
import { MODELS } from '../../models.ts';

/** A session that ended without a reason and before the service reacted to a text, or that stayed silent. */
export class SilentEnd extends PipelineError {
  /** It did not end: the service stayed silent. That also happens when it is overloaded. */
  readonly stalled: boolean;

  constructor(message: string, { stalled = false } = {}) {
    super({ code: 'session-lost', message, retry: 'backoff' });
    this.stalled = stalled;
  }
}

/** What the speakers of one process have heard. */
export interface ModelWatch {
  /**
   * Waits until a text may be sent: until a model was heard, one goes at a time. Call the returned function when the text has ended, however
   * it did. Rejects with `model-unknown` for a model that counts as gone, and with `interrupted`.
   */
  enter(model: string, signal: AbortSignal | undefined): Promise<() => void>;
  /** Sound of the model has arrived. */
  heard(model: string): void;
  /**
   * A text or an opening that began at `beganAtMs` (`performance.now()`) failed: the same error, or `model-unknown` when
   * the model counts as gone now. Silent ends at the same time count once: they have one cause. Never rejects.
   */
  judge(model: string, error: unknown, beganAtMs: number): Promise<unknown>;
}

/** Silent ends after which a model counts as gone: the first one when there is another reason to doubt it. */
const SILENT_ENDS = { doubtful: 1, other: 3 };
/** How long a model counts as gone; then it is asked again, because a process may live for weeks. */
const GONE_MS = 60_000;

/** Options of a watch. */
export interface ModelWatchOptions {
  /** Mere silence counts for every model: for a protocol whose gone models are known to stay silent. Default: no. */
  countsStalls?: boolean;
  /** Whether the service lists the model; undefined when nothing may be concluded. Asked once, after the first silence. */
  isListed?: ((model: string) => Promise<boolean | undefined>) | undefined;
  /** `yyyy-mm-dd`; default: today. */
  today?: string;
}

/** Has heard nothing yet. `refuse` makes the error for a model that has gone. */
export function createModelWatch(
  refuse: (model: string) => PipelineError,
  { countsStalls = false, isListed, today = dayOf(new Date()) }: ModelWatchOptions = {},
): ModelWatch {
  const heard = new Set<string>();
  const silentEnds = new Map<string, { count: number; atMs: number }>();
  const goneUntilMs = new Map<string, number>();
  const throwIfGone = (model: string): void => {
    if ((goneUntilMs.get(model) ?? 0) > performance.now()) throw refuse(model);
  };
  /** The text that is spoken alone, by model; resolves when it has ended or was heard. */
  const scouts = new Map<string, { done: Promise<void>; end: () => void }>();
  const hasEnded = (model: string): boolean => {
    const life = Object.hasOwn(MODELS, model) ? MODELS[model]?.life : undefined;
    return life !== undefined && life.retires <= today;
  };
  const gone = (model: string): void => void goneUntilMs.set(model, performance.now() + GONE_MS);
  return {
    async enter(model, signal) {
      throwIfGone(model);
      while (!heard.has(model)) {
        const scout = scouts.get(model);
        if (scout === undefined) {
          let finish = (): void => undefined;
          const done = new Promise<void>((resolve) => {
            finish = resolve;
          });
          const end = (): void => {
            scouts.delete(model);
            finish();
          };
          scouts.set(model, { done, end });
          return end;
        }
        await unlessAborted(scout.done, signal);
        throwIfGone(model);
      }
      return () => undefined;
    },
    heard(model) {
      if (heard.has(model)) return;
      heard.add(model);
      scouts.get(model)?.end();
    },
    async judge(model, error, beganAtMs) {
      const ended = hasEnded(model);
      // What waits in this process need not ask again.
      if (error instanceof PipelineError && error.code === 'model-unknown') gone(model);
      if (heard.has(model) || !(error instanceof SilentEnd)) return error;
      if (error.stalled && !ended && !countsStalls) return error;
      const last = silentEnds.get(model) ?? { count: 0, atMs: Number.NEGATIVE_INFINITY };
      if (beganAtMs < last.atMs) return error;
      const ends = last.count + 1;
      silentEnds.set(model, { count: ends, atMs: performance.now() });
      const oneIsEnough = ended || !Object.hasOwn(MODELS, model) || (ends === 1 && (await isListed?.(model)) === false);
      if (ends < (oneIsEnough ? SILENT_ENDS.doubtful : SILENT_ENDS.other)) return error;
      gone(model);
      return refuse(model);
    },
  };
}

function unlessAborted(waiting: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  if (signal === undefined) return waiting;
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(interrupted('waiting for the first sound of the model'));
    if (signal.aborted) return onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    void waiting.then(() => {
      signal.removeEventListener('abort', onAbort);
      resolve();
    });
  });
}
