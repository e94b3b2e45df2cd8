/**
 * All engines behind one client and one speaker. The model of a request chooses the engine; an engine that no request
 * needs is never made.
 */
import { PipelineError } from '../errors.ts';
import type { EngineName } from '../models/model.ts';
import { modelOf } from '../models.ts';
import type { Engine, EnrolmentClient, EnrolmentCounts, Speaker, SpeakerStats, VoiceAtService } from './engine.ts';

/** What processors and commands use. */
export interface Speech {
  enrolment: EnrolmentClient;
  sessions: Speaker;
}

/**
 * Makes an engine when it is needed for the first time. May throw what the engine's makers throw. An engine without a maker is
 * not set up.
 */
export type EngineMakers = Readonly<Partial<Record<EngineName, () => Engine>>>;

/** Joins the engines. `first` is the engine that answers when a request names no model and nothing else is known. */
export function joinEngines(makers: EngineMakers, first: EngineName): Speech {
  const made = new Map<EngineName, Engine>();
  /** Which engine listed a voice: a voice is deleted where it was seen. */
  const listedBy = new Map<string, EngineName>();

  function engine(name: EngineName): Engine {
    const known = made.get(name) ?? makers[name]?.();
    if (known === undefined) throw notSetUp(name);
    made.set(name, known);
    return known;
  }
  function engineOf(of: { model: string; engine?: EngineName | undefined }): Engine {
    // A step of another version may name a model that this table lacks: its own protocol is then the best guess.
    return engine(of.engine ?? modelOf(of)?.engine ?? first);
  }
  const names = Object.keys(makers) as EngineName[];
  const inOrder = [first, ...names.filter((name) => name !== first)];

  const enrolment: EnrolmentClient = {
    create: (request, options) => engineOf(request).enrolment.create(request, options),
    findByName: (wanted, options) => engineOf(wanted).enrolment.findByName(wanted, options),
    list: (page, options) => engine(first).enrolment.list(page, options),
    async listAll(options) {
      const all: VoiceAtService[] = [];
      const refusals: unknown[] = [];
      for (const name of inOrder) {
        try {
          const voices = await engine(name).enrolment.listAll(options);
          for (const { voiceId } of voices) listedBy.set(voiceId, name);
          all.push(...voices);
        } catch (error) {
          // An engine that has gone, or that this key may not use, has no voices to show.
          if (!(error instanceof PipelineError) || !GONE.has(error.code)) throw error;
          refusals.push(error);
        }
      }
      // When none answers, the reason concerns the key or the address, not one engine.
      if (refusals.length === inOrder.length) throw refusals[0];
      return all;
    },
    async delete(voiceId, options) {
      const known = listedBy.get(voiceId);
      if (known !== undefined) return engine(known).enrolment.delete(voiceId, options);
      for (const name of inOrder.slice(0, -1)) {
        try {
          return await engine(name).enrolment.delete(voiceId, options);
        } catch (error) {
          if (!(error instanceof PipelineError) || error.code !== 'voice-not-found') throw error;
        }
      }
      return engine(inOrder.at(-1) ?? first).enrolment.delete(voiceId, options);
    },
    counts: () =>
      sum(
        [...made.values()].map((each) => each.enrolment.counts()),
        NO_CALLS,
      ),
  };

  const sessions: Speaker = {
    speak: (request, listener) => engineOf(request).speaker.speak(request, listener),
    stats: () =>
      sum(
        [...made.values()].map((each) => each.speaker.stats()),
        NO_SESSIONS,
      ),
    async close() {
      await Promise.all([...made.values()].map((each) => each.speaker.close()));
    },
  };
  return { enrolment, sessions };
}

function notSetUp(name: EngineName): PipelineError {
  const how = name === 'openai-speech' ? 'Set PIPELINE_SPEECH_URL.' : 'Set DASHSCOPE_API_KEY.';
  return new PipelineError({
    code: 'service-unreachable',
    message: `This process has no engine ${name}. ${how}`,
    retry: 'never',
  });
}

const GONE: ReadonlySet<string> = new Set(['service-refused', 'model-unknown']);
const NO_CALLS: EnrolmentCounts = { enroll: 0, list: 0, delete: 0 };
const NO_SESSIONS: SpeakerStats = { open: 0, busy: 0, opened: 0, spoken: 0, commits: 0, throttled: 0 };

function sum<T extends object>(all: readonly T[], nothing: T): T {
  const total = { ...nothing } as Record<string, number>;
  for (const one of all) for (const [name, count] of Object.entries(one)) total[name] = (total[name] ?? 0) + count;
  return total as T;
}
