/** The service's recogniser: `POST …/multimodal-generation/generation` with a model that hears. */
import { randomUUID } from 'node:crypto';
import { MOST_SERVICE_SECONDS, MOST_URI_BYTES, NO_WORDS } from '../../hearing/protocol.ts';
import { SERVICE_RECOGNISER } from '../../models/recognisers.ts';
import { modelRefusal } from '../inference/refused-model.ts';
import { invalidParameter, Refusal, throttled } from '../refusal.ts';
import type { SpeechContext } from '../response.ts';
import { type Heard, hearWav } from './heard.ts';

/** Answers one call; throws a Refusal. */
export function answerGeneration(body: string, speech: SpeechContext): object {
  const { settings, faults, counters } = speech;
  counters.hearingCalled();
  const fault = faults.strike({ place: 'hearing-call' })?.kind;
  if (fault === 'hearing-429') throw throttled();
  if (fault === 'hearing-5xx') throw new Refusal(500, 'InternalError', 'An internal error has occurred.');
  const { model, data } = readRequest(body);
  if (model !== SERVICE_RECOGNISER.id) throw modelRefusal(settings.inference.retiredForm, model);
  if (data.length >= MOST_URI_BYTES) {
    const message = `Exceeded limit on max bytes per data-uri item : ${MOST_URI_BYTES}`;
    throw new Refusal(400, 'BadRequest.TooLarge', message);
  }
  const file = Buffer.from(data.slice(data.indexOf(',') + 1), 'base64');
  const heard = hearWav(file, speech);
  if (heard === undefined) throw invalidParameter('The audio cannot be decoded.');
  if (heard.seconds > MOST_SERVICE_SECONDS) {
    const message = `audio duration (${(heard.seconds * 1000).toFixed(1)}ms) over service process (300s)`;
    throw new Refusal(400, 'AUDIO_DURATION_TOO_LONG', message);
  }
  counters.heard(heard.seconds);
  if (heard.text === '') throw new Refusal(400, 'CLIENT_ERROR', NO_WORDS);
  return answerOf(heard, settings.hearing);
}

/** Strict where the sources are clear: the content's shape, `format` as the data URI says, `sample_rate` as a text. */
function readRequest(body: string): { model: string; data: string } {
  let request: Record<string, unknown>;
  try {
    request = JSON.parse(body) as Record<string, unknown>;
  } catch {
    throw new Refusal(400, 'BadRequest.IllegalInput', 'The input parameter requires json format.');
  }
  const { model, input, parameters } = request ?? {};
  const messages = fieldOf(input, 'messages');
  const content = fieldOf(Array.isArray(messages) ? messages.at(-1) : undefined, 'content');
  const item = Array.isArray(content) ? content.find((one) => fieldOf(one, 'type') === 'input_audio') : undefined;
  const data = fieldOf(fieldOf(item, 'input_audio'), 'data');
  if (typeof model !== 'string') throw invalidParameter('model is required.');
  if (typeof data !== 'string') {
    const message = 'Input should be a valid string: input.messages.0.content.0.input_audio.data';
    throw new Refusal(400, 'InternalError.Algo.InvalidParameter', message);
  }
  const format = fieldOf(parameters, 'format');
  if (format !== 'wav') throw invalidParameter('format is required and must be one of the supported formats.');
  if (!/^data:audio\/(x-)?wav;base64,/.test(data)) throw invalidParameter('The data URI does not fit the format.');
  const rate = fieldOf(parameters, 'sample_rate');
  if (rate !== undefined && typeof rate !== 'string') throw invalidParameter('sample_rate must be a string.');
  const hints = fieldOf(parameters, 'language_hints');
  if (hints !== undefined && !Array.isArray(hints)) throw invalidParameter('language_hints must be a list.');
  return { model, data };
}

function answerOf(heard: Heard, { shape, words, splitWords }: SpeechContext['settings']['hearing']): object {
  const ms = (seconds: number): number => Math.round(seconds * 1_000);
  const pieces = heard.words.flatMap(({ text, startSeconds, endSeconds }) => {
    const cut = splitWords && text.length > 4 ? text.length - 2 : text.length;
    const middle = startSeconds + ((endSeconds - startSeconds) * cut) / text.length;
    const parts = [{ text: text.slice(0, cut), begin: startSeconds, end: middle }];
    if (cut < text.length) parts.push({ text: text.slice(cut), begin: middle, end: endSeconds });
    return parts;
  });
  const sentence = {
    begin_time: ms(heard.words[0]?.startSeconds ?? 0),
    end_time: ms(heard.words.at(-1)?.endSeconds ?? 0),
    sentence_id: 1,
    sentence_end: true,
    channel_id: 0,
    text: heard.text,
    ...(words && {
      words: pieces.map(({ text, begin, end }) => ({
        begin_time: ms(begin),
        end_time: ms(end),
        fixed: true,
        punctuation: '',
        text,
      })),
    }),
  };
  const input = Math.ceil(heard.seconds * SERVICE_RECOGNISER.inputTokensPerSecond);
  const output = Math.ceil(heard.seconds * SERVICE_RECOGNISER.outputTokensPerSecond);
  const usage = {
    duration: Math.ceil(heard.seconds),
    input_tokens: input,
    output_tokens: output,
    total_tokens: input + output,
  };
  const request_id = randomUUID();
  const answer = { text: heard.text, sentence, request_id };
  return shape === 'both'
    ? { ...answer, usage, output: answer }
    : { output: { ...answer, usage, output: answer }, usage, request_id };
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
