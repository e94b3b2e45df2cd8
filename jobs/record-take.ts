/** Speaks a segment once, and records its sound in the store while it arrives. */
import { createNarrowBand, type NarrowBand } from '../src/audio/listening/narrow-band.ts';
import { loudnessCounts } from '../src/audio/measure/loudness.ts';
import { encodeMeasures } from '../src/audio/measure/measures.ts';
import { createTakeMeter } from '../src/audio/measure/take-meter.ts';
import { interrupted } from '../src/errors.ts';
import { billedUnits } from '../src/models.ts';
import { seedOfTry } from '../src/plan/keys.ts';
import type { SynthesizeStep } from '../src/plan/step.ts';
import { judgeTake } from '../src/qc/take.ts';
import { wordsMissing } from '../src/qc/words-missing.ts';
import { SilentResponse, type SpokenTake, type Usage } from '../src/speech/engine.ts';
import { recordVoiceUse } from '../src/store/ledger.ts';
import type { BlobWriter, Store } from '../src/store/store.ts';
import { putTakeWords } from '../src/store/take-words.ts';
import { findTake, type TakeRecord } from '../src/store/takes.ts';
import { allEnded } from './all-ended.ts';
import { countedCalls, leaveAndPay } from './context.ts';
import { doubtLater } from './doubt-later.ts';
import { voiceOf } from './judge-sound.ts';
import { payForSpeech } from './pay.ts';
import { recordSpeech } from './record-spending.ts';
import { spokenSample } from './spoken-sample.ts';
import type { SpeakTask, TakeTry, Try } from './take-try.ts';

type Recording = SpeakTask & Try & { voiceId: string };

/** Streams the speech into the store and the meter at once; the audio is never in memory as a whole. */
export async function recordTake(task: Recording): Promise<TakeTry> {
  try {
    return await recordSound(task);
  } catch (error) {
    if (!(error instanceof SilentResponse)) throw error;
    return { billedCharacters: billedCharacters(error.usage, task.step.text), problem: error.problem };
  }
}

async function recordSound(task: Recording): Promise<TakeTry> {
  const { step, context, voiceId, pieces = [step.text] } = task;
  const { store, habits, ears } = context;
  const habit = await habits.of(voiceOf(step, voiceId), step.key);
  const sound: OpenSound = {
    blob: undefined,
    meter: createTakeMeter(step.sampleRateHz),
    narrow: ears && createNarrowBand(step.sampleRateHz),
    bytes: 0,
  };
  let finished: ReturnType<typeof sound.meter.finish> | undefined;
  const judge = () => {
    finished ??= sound.meter.finish();
    return judgeTake(finished.measured, { text: step.text, voice: habit });
  };
  let kept: TakeRecord | undefined;
  const settles: (() => Promise<void>)[] = [];
  const settle = async (): Promise<void> => {
    for (const one of settles.splice(0)) await one();
  };
  try {
    const parts: SpokenPart[] = [];
    for (const [index, text] of pieces.entries()) {
      const isLast = index === pieces.length - 1;
      const part = await speakPiece(task, {
        ...{ text, index, sound },
        // A piece is good or not only with the others.
        isGood: () => !isLast || judge().verdict === 'good',
        take: () => kept,
      });
      settles.push(part.settle);
      parts.push(part);
    }
    const spoken = joinedParts(parts, step.sampleRateHz);
    const judgment = judge();
    const { measures, measured } = finished!;
    const doubts = [...(spoken.shortCount === undefined ? [] : [wordsMissing(spoken.shortCount)]), ...judgment.doubts];
    const billed = parts.reduce((sum, part) => sum + billedCharacters(part.spoken.usage, part.text), 0);
    if (judgment.verdict === 'unusable') {
      for (const { recorded } of parts) await recorded();
      return { billedCharacters: billed, problem: `The take is silent: ${doubts[0]?.measured}.`, settle };
    }
    kept = {
      key: step.key,
      pcm: await openedBlob(sound.blob).commit(),
      measures: await store.putBlob(encodeMeasures(measures)),
      loudness: loudnessCounts(measures.loudness),
      sampleRateHz: step.sampleRateHz,
      durationSeconds: measures.samples / step.sampleRateHz,
      character: step.character,
      text: step.text,
      model: step.model,
      voiceId,
      sessionId: spoken.sessionId,
      responseId: spoken.responseId,
      billedCharacters: billed,
      ...(spoken.usage === undefined ? {} : { usage: spoken.usage }),
      ...(spoken.seed === undefined ? {} : { seed: spoken.seed }),
      ...(spoken.words === undefined ? {} : { words: await putTakeWords(store, spoken.words) }),
      simulated: spoken.simulated,
      madeAt: new Date().toISOString(),
      ...(doubts.length === 0 ? {} : { doubts }),
      ...(task.changed === undefined ? {} : { changed: task.changed }),
    };
    for (const { recorded } of parts) await recorded();
    const settleAndNote = async (): Promise<void> => {
      await settle();
      // Only informative, for people and for a full account: the take is what matters.
      await recordVoiceUse(store, voiceId, context.account).catch(() => undefined);
    };
    return {
      take: kept,
      sound: { measured, narrow: sound.narrow },
      billedCharacters: billed,
      settle: settleAndNote,
    };
  } catch (error) {
    await settle();
    throw error;
  } finally {
    await sound.blob?.discard();
  }
}

/** A sound that is arriving. */
interface OpenSound {
  blob: BlobWriter | undefined;
  meter: ReturnType<typeof createTakeMeter>;
  narrow: NarrowBand | undefined;
  bytes: number;
}

interface SpokenPart {
  text: string;
  spoken: SpokenTake;
  /** Where it begins in the take. */
  fromByte: number;
  settle(): Promise<void>;
  recorded(): Promise<void>;
}

/** Speaks the text, or one piece of it, at the end of the sound so far. */
async function speakPiece(
  task: Recording,
  of: { text: string; index: number; sound: OpenSound; isGood(): boolean; take(): TakeRecord | undefined },
): Promise<SpokenPart> {
  const { attempt, context, calls, voiceId, tries } = task;
  const { text, index, sound } = of;
  const { store, sessions } = context;
  const step = { ...task.step, text };
  const { voice: ref } = step;
  const fromByte = sound.bytes;
  const paid = recordSpeech({ ...task, step });
  const request = {
    model: step.model,
    ...(step.engine !== undefined && { engine: step.engine }),
    // Only engines without enrollment ask for it.
    ...('enrollment' in ref && { sample: () => spokenSample(ref.enrollment, attempt, context) }),
    voiceId,
    languageType: step.languageType,
    sampleRateHz: step.sampleRateHz,
    text,
    ...(step.direction !== undefined && { direction: step.direction }),
    ...(step.seed !== undefined && { seed: seedOfTry(step.seed, tries) }),
    ...(step.retake !== undefined && { take: step.retake }),
  };
  const { spoken, settle } = await payForSpeech({ step, attempt, context }, (payer) =>
    paid.watch(() =>
      sessions.speak(request, {
        signal: attempt.signal,
        priority: attempt.priority,
        fresh: task.fresh && index === 0,
        onVoiceCall: countedCalls(attempt, calls).onCall,
        onCall: () => {
          calls.synthesize += 1;
        },
        onCommit: async (leave) => {
          // The session is idle meanwhile, so all that must be known before the text is sent is asked at once.
          await paid.sending((record) =>
            payer.onCommit(
              allEnded([throwIfSpokenElsewhere(step, store), index === 0 && openSound(sound, store)]),
              (reserve) => leaveAndPay(task, { leave, reserve, note: record }),
            ),
          );
        },
        onAudio: async (chunk) => {
          sound.meter.push(chunk);
          sound.narrow?.push(chunk);
          sound.bytes += chunk.length;
          paid.heard(chunk.length / 2 / step.sampleRateHz);
          // Both start in the order of the calls, whichever has to wait.
          await Promise.all([openedBlob(sound.blob).write(chunk), payer.onSound(chunk.length / 2 / step.sampleRateHz)]);
        },
        onDoubt: (shortCount) => void doubtLater({ store, key: step.key, take: of.take }, shortCount),
        isGood: of.isGood,
      }),
    ),
  );
  return { text, spoken, fromByte, settle, recorded: () => paid.recorded() };
}

/** Several pieces as one: their words are where they are in the take, and what they cost is added up. */
function joinedParts(parts: readonly SpokenPart[], sampleRateHz: number): SpokenTake {
  const [first, ...others] = parts;
  if (others.length === 0) return first!.spoken;
  const words = parts.flatMap(({ spoken, fromByte }) => {
    const from = fromByte / 2 / sampleRateHz;
    return (spoken.words ?? []).map((word) => ({
      text: word.text,
      startSeconds: word.startSeconds + from,
      endSeconds: word.endSeconds + from,
    }));
  });
  const { usage: _usage, words: _words, shortCount: _count, ...rest } = first!.spoken;
  const usage = parts.map(({ spoken }) => spoken.usage).reduce(sumOfUsage);
  const short = parts.flatMap(({ spoken }) => spoken.shortCount ?? []);
  return {
    ...rest,
    usage,
    ...(words.length > 0 && { words }),
    ...(short[0] !== undefined && { shortCount: short[0] }),
  };
}

function sumOfUsage(a: Usage | undefined, b: Usage | undefined): Usage | undefined {
  if (a === undefined || b === undefined) return undefined;
  if ('characters' in a) return 'characters' in b ? { characters: a.characters + b.characters } : undefined;
  if ('characters' in b) return undefined;
  const [input, output] = [a.input_tokens + b.input_tokens, a.output_tokens + b.output_tokens];
  return { input_tokens: input, output_tokens: output, total_tokens: input + output };
}

/**
 * Opens the file of a sound, which is empty now. Not before the wait for a session: on a disk that has filled up in the
 * meantime nothing is sent.
 */
async function openSound(sound: OpenSound, store: Store): Promise<void> {
  await sound.blob?.discard();
  sound.blob = await store.createBlob();
}

/** Sound arrives after a commit, and the commit opened the blob. */
function openedBlob(pcm: BlobWriter | undefined): BlobWriter {
  if (pcm === undefined) throw new Error('Internal error: sound arrived before its text was sent.');
  return pcm;
}

/**
 * The last check before the text is sent. The wait for a session may have taken minutes, or this machine slept or was
 * cut off from the queue: then another worker ran the step, and its take is in the store. The step goes back to the
 * queue and finds it.
 */
async function throwIfSpokenElsewhere(step: SynthesizeStep, store: Store): Promise<void> {
  if ((await findTake(store, step.key)) !== undefined)
    throw interrupted('speaking a segment that was spoken elsewhere');
}

/** The service's own figure. Models that bill tokens give none; then our count by the same rule. */
function billedCharacters(usage: Usage | undefined, text: string): number {
  return usage !== undefined && 'characters' in usage ? usage.characters : billedUnits(text);
}
