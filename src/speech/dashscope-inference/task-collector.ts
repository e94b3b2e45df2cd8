/**
 * Decides when the speech of one task is complete, from its messages. No sockets and no clocks here, only the rules.
 *
 * A task is a take once `task-finished` has come, every sentence that began has ended, the sentences are all there, and
 * the audio has an even, positive number of bytes. A frame may split a sample: the odd byte waits for the next frame.
 */
import { PipelineError } from '../../errors.ts';
import { protocolViolation } from '../dashscope/protocol-violation.ts';
import { joinSamples } from '../dashscope/whole-samples.ts';
import { SilentResponse, type Usage, type WordTime } from '../engine.ts';
import { countsLess } from './counted-text.ts';
import type { SentenceResult, TaskCounts, TaskMessage, TimedWord } from './parse-messages.ts';
import { missingLetters } from './spoken-text.ts';
import { wordTimes } from './word-times.ts';

/** What was asked for. */
export interface ExpectedSpeech {
  text: string;
  sampleRateHz: number;
  /** The unit in which the model counts, for a service that reports both. */
  counts: 'characters' | 'tokens';
}

/** The complete speech of one task. */
export interface SpokenTask {
  usage: Usage | undefined;
  byteLength: number;
  words: readonly WordTime[] | undefined;
}

/** Collects the messages of one task; those of other tasks are sorted out before. */
export interface TaskCollector {
  /**
   * Takes one message. Returns the audio in it, as whole samples. Throws `take-incomplete` when the speech can no longer
   * become complete, and `protocol-violation` when the messages contradict each other; in both cases a new connection
   * may help.
   */
  accept(message: TaskMessage): Buffer;
  /** The service has accepted the task. */
  started(): boolean;
  /** The service has begun to speak, so it may bill. */
  answered(): boolean;
  /** Undefined until the task is complete. */
  result(): SpokenTask | undefined;
}

interface Sentence {
  startBytes: number;
  isOver: boolean;
  text: string | undefined;
  words: readonly TimedWord[] | undefined;
}

/** Longest plausible task in seconds; limits what a broken one can make us store. */
const MAX_TASK_SECONDS = 1_800;
const NOTHING = Buffer.alloc(0);
const BYTES_PER_SAMPLE = 2;

/** A collector for one task. */
export function createTaskCollector({ text, sampleRateHz, counts }: ExpectedSpeech): TaskCollector {
  const bytesPerSecond = sampleRateHz * BYTES_PER_SAMPLE;
  const sentences = new Map<number, Sentence>();
  let started = false;
  let answered = false;
  let byteLength = 0;
  const samples = joinSamples();
  let usage: TaskCounts | undefined;
  let result: SpokenTask | undefined;

  const takeAudio = (frame: Buffer): Buffer => {
    if (!started) throw protocolViolation('audio before its task has started');
    answered = true;
    byteLength += frame.length;
    if (byteLength > MAX_TASK_SECONDS * bytesPerSecond) throw protocolViolation('endless speech');
    return samples.push(frame);
  };

  const takeResult = ({ stage, index, text: told, words }: SentenceResult): void => {
    if (!started) throw protocolViolation('a result before its task has started');
    answered = true;
    const number = index ?? (stage === 'begin' ? sentences.size : sentences.size - 1);
    const known = sentences.get(number);
    if (stage === 'begin' && known !== undefined) throw protocolViolation('the same sentence twice');
    if (stage === undefined && known === undefined) return;
    const sentence = known ?? { startBytes: byteLength, isOver: false, text: undefined, words: undefined };
    sentences.set(number, sentence);
    sentence.text = told ?? sentence.text;
    sentence.words = words ?? sentence.words;
    if (stage === 'end') sentence.isOver = true;
  };

  const complete = (): SpokenTask => {
    if (!started) throw protocolViolation('the end of a task that has not started');
    const spoken = [...sentences.values()];
    if (spoken.some(({ isOver }) => !isOver)) throw incomplete('the end of the task in the middle of a sentence');
    const numbers = [...sentences.keys()];
    if (numbers.length > 0 && Math.max(...numbers) - Math.min(...numbers) >= numbers.length)
      throw incomplete('a task without some of its sentences');
    // Numbers begin with 0 in the documents; a service may begin with 1.
    if (Math.min(...numbers) > 1 && numbers.length > 0) throw incomplete('a task without its first sentences');
    const billed = usageOf(usage, counts);
    if (byteLength === 0) throw new SilentResponse(billed);
    if (samples.hasHalf()) throw incomplete('audio that ends in the middle of a sample');
    // The last sentence may lack its text, and have its words.
    const told = spoken.map((sentence) => sentence.text ?? sentence.words?.map((word) => word.text).join(' '));
    const missing = missingLetters(text, told);
    if (missing > 0) throw incomplete(`a task that leaves out a part of the text (${missing} letters)`);
    const isUntold = told.length === 0 || told.includes(undefined);
    if (isUntold && Math.min(...numbers) === 1) throw incomplete('a task without its first sentence');
    if (isUntold && countsLess(text, usage)) throw incomplete('a task that counts less than the text has');
    const timed = spoken.map((sentence) => ({ ...sentence, startSeconds: sentence.startBytes / bytesPerSecond }));
    return { usage: billed, byteLength, words: wordTimes(timed, byteLength / bytesPerSecond) };
  };

  return {
    accept(message) {
      switch (message.type) {
        case 'audio':
          return takeAudio(message.audio);
        case 'started':
          if (started) throw protocolViolation('the start of a task that has started');
          started = true;
          return NOTHING;
        case 'result':
          usage = message.usage ?? usage;
          takeResult(message);
          return NOTHING;
        case 'finished':
          usage = message.usage ?? usage;
          result = complete();
          return NOTHING;
        default:
          return NOTHING;
      }
    },
    started: () => started,
    answered: () => answered,
    result: () => result,
  };
}

function usageOf(usage: TaskCounts | undefined, counts: ExpectedSpeech['counts']): Usage | undefined {
  if (usage === undefined) return undefined;
  const { characters, tokens } = usage;
  if (tokens !== undefined && (counts === 'tokens' || characters === undefined))
    return { total_tokens: tokens.total, input_tokens: tokens.input, output_tokens: tokens.output };
  return characters === undefined ? undefined : { characters };
}

function incomplete(what: string): PipelineError {
  return new PipelineError({
    code: 'take-incomplete',
    message: `The speech is not complete: the service sent ${what}.`,
    retry: 'backoff',
  });
}
