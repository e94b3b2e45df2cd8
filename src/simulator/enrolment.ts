/**
 * The `qwen-voice-enrollment` resource: create, list, delete. Validation comes before any change. Sources:
 * voice-replica page (2025-08), voice-cloning user guide, error-code page (help.aliyun.com/zh/model-studio).
 */

import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type { Model } from '../models/model.ts';
import { ENROLMENT_MODEL, PREFERRED_NAME } from '../speech/dashscope-realtime/protocol.ts';
import type { FreeVoices } from './free-voices.ts';
import { realtimeModel } from './realtime-model.ts';
import { invalidParameter, Refusal } from './refusal.ts';
import { emptyInput, judgeSample, readAudioData } from './sample.ts';
import type { Settings } from './settings.ts';
import type { VoiceStore } from './voices.ts';

/** A request after the first validation: its action and input. */
export interface EnrolmentCall {
  action: 'create' | 'list' | 'delete';
  input: Record<string, unknown>;
}

interface EnrolmentContext {
  settings: Settings;
  voices: VoiceStore;
  freeVoices: FreeVoices;
  signal: AbortSignal;
}

/** Parses a request body. Throws a Refusal when it is not JSON, or has no model or no known action. */
export function readEnrolmentCall(body: string): EnrolmentCall {
  const request = parseObject(body);
  if (!request) {
    throw new Refusal(400, 'BadRequest.IllegalInput', 'The input parameter requires json format.');
  }
  if (request['model'] === undefined || request['model'] === '') {
    throw new Refusal(400, 'BadRequest.EmptyModel', 'Required parameter "model" missing from request.');
  }
  // Another model at this URL was seen to return "Model not exist."; `voice-enrollment` is answered in inference/.
  if (request['model'] !== ENROLMENT_MODEL) throw invalidParameter('Model not exist.');
  const input = request['input'];
  if (!isObject(input)) throw emptyInput();
  const action = input['action'];
  if (action === undefined) throw emptyInput();
  if (action !== 'create' && action !== 'list' && action !== 'delete') {
    throw invalidParameter('action must be one of create, list, delete.');
  }
  return { action, input };
}

/** Carries out a call and returns the body of the response. Throws a Refusal. */
export async function answerEnrolment({ action, input }: EnrolmentCall, context: EnrolmentContext): Promise<object> {
  const answer = {
    create: () => create(input, context),
    list: () => list(input, context),
    delete: () => remove(input, context.voices),
  } satisfies Record<EnrolmentCall['action'], () => Promise<object> | object>;
  return { ...(await answer[action]()), request_id: randomUUID() };
}

async function create(input: Record<string, unknown>, { settings, voices, freeVoices, signal }: EnrolmentContext) {
  const model = targetModel(input['target_model']);
  const name = input['preferred_name'];
  if (name === undefined) throw emptyInput();
  if (typeof name !== 'string' || !PREFERRED_NAME.test(name)) {
    throw invalidParameter('preferred_name must be 1 to 16 digits, letters or underscores.');
  }
  const transcript = optionalString(input, 'text');
  const language = optionalString(input, 'language');
  if (language !== undefined && !Object.hasOwn(model.languages, language)) {
    throw invalidParameter(`language '${language}' is not supported.`);
  }
  const audio = input['audio'];
  if (!isObject(audio)) throw emptyInput();
  const bytes = readAudioData(audio['data']);
  const traits = await judgeSample({ bytes, model, transcript, decode: settings.decodeSample, signal });
  freeVoices.admit();
  if (settings.speed.cloneMs > 0) await setTimeout(settings.speed.cloneMs, undefined, { signal });
  const record = await voices.add({ name, targetModel: model.id, createdMs: settings.now(), traits });
  if (!record) {
    throw new Refusal(
      400,
      'Throttling.AllocationQuota',
      'Maximum voice storage limit exceeded, please delete existing voices.',
    );
  }
  freeVoices.made();
  return { output: { voice: record.voice, target_model: record.targetModel }, usage: { count: 1 } };
}

function targetModel(value: unknown): Model {
  if (value === undefined || value === '') throw emptyInput();
  const model = realtimeModel(value);
  if (!model) throw invalidParameter('target_model is not supported.');
  return model;
}

/** Both numbers are integers within [0, 1000000], defaults 10 and 0. Source: voice-replica page, 2025-08. */
function list(input: Record<string, unknown>, { settings, voices }: { settings: Settings; voices: VoiceStore }) {
  const pageSize = Math.min(pageNumber(input, 'page_size', 10), settings.limits.voicesPerPage);
  const page = { pageSize, pageIndex: pageNumber(input, 'page_index', 0) };
  return { output: { voice_list: voices.list(page) }, usage: { count: 0 } };
}

function pageNumber(input: Record<string, unknown>, field: string, preset: number): number {
  const value = input[field] ?? preset;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > 1_000_000) {
    throw invalidParameter(`${field} must be an integer in [0, 1000000].`);
  }
  return value;
}

async function remove(input: Record<string, unknown>, voices: VoiceStore) {
  const voice = input['voice'];
  if (typeof voice !== 'string' || voice === '') throw emptyInput();
  if (!(await voices.remove(voice))) {
    throw new Refusal(400, 'BadRequest.VoiceNotFound', `Voice '${voice}' not found.`);
  }
  return { usage: { count: 0 } };
}

function optionalString(input: Record<string, unknown>, field: string): string | undefined {
  const value = input[field];
  if (value === undefined || typeof value === 'string') return value;
  throw invalidParameter(`${field} must be a string.`);
}

function parseObject(body: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
