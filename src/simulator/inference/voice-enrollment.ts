/**
 * The `voice-enrollment` resource: create, list, query, update, delete. Validation comes before any change. Sources:
 * voice cloning user guide and API, the official SDKs.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import {
  type ListedInferenceVoice,
  type QueriedVoice,
  VOICE_PREFIX,
  type VoiceEnrollmentOutputs,
} from '../../speech/dashscope-inference/protocol.ts';
import { invalidParameter, Refusal } from '../refusal.ts';
import type { InferenceContext } from './context.ts';
import { placedOutput } from './messages.ts';
import { judgePrompt, promptSecondsOf, readPromptUrl } from './prompt.ts';
import { modelRefusal, servedModel } from './refused-model.ts';
import { type InferenceVoice, statusOf } from './voices.ts';

type Input = Record<string, unknown>;
type Answer<Action extends keyof VoiceEnrollmentOutputs> =
  | VoiceEnrollmentOutputs[Action]
  | Promise<VoiceEnrollmentOutputs[Action]>;
type Handlers = {
  [Action in keyof VoiceEnrollmentOutputs]: (
    input: Input,
    context: InferenceContext,
    signal: AbortSignal,
  ) => Answer<Action>;
};

const HANDLERS: Handlers = { create_voice, list_voice, query_voice, update_voice, delete_voice };

/** Answers a request whose `model` is `voice-enrollment`; returns the action and the body. Throws a Refusal. */
export async function answerVoiceEnrollment(
  input: unknown,
  context: InferenceContext,
  signal: AbortSignal,
): Promise<{ action: string; body: object }> {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) throw missing('input');
  const { action } = input as Input;
  if (typeof action !== 'string' || !Object.hasOwn(HANDLERS, action)) {
    throw invalidParameter(`action must be one of ${Object.keys(HANDLERS).join(', ')}.`);
  }
  const output = await HANDLERS[action as keyof Handlers](input as Input, context, signal);
  const { inference } = context.speech.settings;
  return { action, body: { ...placedOutput(output, inference), usage: { count: 1 }, request_id: randomUUID() } };
}

async function create_voice(input: Input, context: InferenceContext, signal: AbortSignal) {
  const { settings } = context.speech;
  const { inference } = settings;
  const { target_model: target, prefix } = input;
  if (typeof target !== 'string' || target === '') throw missing('target_model');
  const model = servedModel(target, inference);
  if (!model) throw modelRefusal(inference.retiredForm, target);
  if (typeof prefix !== 'string' || !VOICE_PREFIX.test(prefix)) {
    throw invalidParameter('prefix must be 1 to 9 digits or lower-case letters.');
  }
  checkHints(input['language_hints']);
  const isPreprocessed = input['enable_preprocess'] ?? false;
  if (typeof isPreprocessed !== 'boolean') throw invalidParameter('enable_preprocess must be true or false.');
  const promptSeconds = promptSecondsOf(input['max_prompt_audio_length']);
  const traits = await judge(input, context, { promptSeconds, signal });
  if (settings.speed.cloneMs > 0) await setTimeout(settings.speed.cloneMs, undefined, { signal });
  const voice = await context.voices.add({
    targetModel: model.id,
    prefix,
    createdMs: settings.now(),
    pollsLeft: inference.deployingPolls,
    deployedAs: inference.deployedAs,
    traits,
  });
  if (!voice) {
    const message = 'Maximum voice storage limit exceeded, please delete existing voices.';
    throw new Refusal(400, 'Throttling.AllocationQuota', message);
  }
  context.counters.enroll.created++;
  return { voice_id: voice.voiceId };
}

function list_voice(input: Input, { voices, counters, speech }: InferenceContext) {
  const { prefix } = input;
  if (prefix !== undefined && (typeof prefix !== 'string' || !VOICE_PREFIX.test(prefix))) {
    throw invalidParameter('prefix must be 1 to 9 digits or lower-case letters.');
  }
  const asked = wholeNumber(input, 'page_size', 10, 1000);
  const pageSize = Math.min(asked, speech.settings.inference.listCap);
  const pageIndex = wholeNumber(input, 'page_index', 0, 1_000_000);
  const rows = voices.list({ prefix, pageSize, pageIndex });
  counters.enroll.listed++;
  const list = rows.map(
    (voice): ListedInferenceVoice => ({ voice_id: voice.voiceId, ...datesOf(voice), status: statusOf(voice) }),
  );
  for (const { voiceId } of rows) voices.polled(voiceId);
  return { voice_list: list };
}

function query_voice(input: Input, context: InferenceContext): QueriedVoice {
  const voice = found(input, context);
  context.counters.enroll.queried++;
  const answer = { ...datesOf(voice), target_model: voice.targetModel, status: statusOf(voice) };
  context.voices.polled(voice.voiceId);
  if (!context.speech.settings.inference.resourceLink) return answer;
  return { ...answer, resource_link: `https://simulator.invalid/${voice.voiceId}` };
}

/** What the service does to an updated voice is not documented: here it keeps its ID and is deployed again. */
async function update_voice(input: Input, context: InferenceContext, signal: AbortSignal) {
  const { settings } = context.speech;
  const { voiceId } = found(input, context);
  const traits = await judge(input, context, { promptSeconds: promptSecondsOf(undefined), signal });
  const { deployingPolls, deployedAs } = settings.inference;
  const change = { modifiedMs: settings.now(), pollsLeft: deployingPolls, deployedAs, traits };
  if (!(await context.voices.update(voiceId, change))) throw notFound(voiceId);
  context.counters.enroll.updated++;
  return {};
}

async function delete_voice(input: Input, context: InferenceContext) {
  const { voiceId } = found(input, context);
  if (!(await context.voices.remove(voiceId))) throw notFound(voiceId);
  context.counters.enroll.deleted++;
  return {};
}

function judge(
  input: Input,
  { speech: { settings } }: InferenceContext,
  { promptSeconds, signal }: { promptSeconds: number; signal: AbortSignal },
) {
  const bytes = readPromptUrl(input['url'], settings.inference);
  const { badSample } = settings.inference;
  return judgePrompt({ bytes, promptSeconds, decode: settings.decodeSample, badSample, signal });
}

function found(input: Input, { voices }: InferenceContext): InferenceVoice {
  const id = input['voice_id'];
  if (typeof id !== 'string' || id === '') throw missing('voice_id');
  const voice = voices.find(id);
  if (!voice) throw notFound(id);
  return voice;
}

/** A wrong hint is ignored, because the language is detected; something that is no list of names is refused. */
function checkHints(value: unknown): void {
  if (value === undefined || (Array.isArray(value) && value.every((one) => typeof one === 'string'))) return;
  throw invalidParameter('language_hints must be an array of strings.');
}

function wholeNumber(input: Input, field: string, preset: number, most: number): number {
  const value = input[field] ?? preset;
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= most) return value;
  throw invalidParameter(`${field} must be an integer in [0, ${most}].`);
}

/** Without a time zone, as the service writes it. */
function datesOf({ createdMs, modifiedMs }: InferenceVoice) {
  const date = (ms: number) => new Date(ms).toISOString().slice(0, 19).replace('T', ' ');
  return { gmt_create: date(createdMs), gmt_modified: date(modifiedMs) };
}

/** The text is not known: no code may rely on it. */
function notFound(voiceId: string): Refusal {
  return new Refusal(400, 'BadRequest.VoiceNotFound', `Voice '${voiceId}' not found.`);
}

function missing(field: string): Refusal {
  return invalidParameter(`Missing required parameter '${field}'!`);
}
