/** The calls on voices: list, upload and delete, in the form of the profile. */
import type { IncomingMessage } from 'node:http';
import {
  CRISP_VOICES_PATH,
  type CrispUploadAnswer,
  type CrispVoiceList,
  MAX_UPLOAD_BYTES,
  type UploadedVoice,
  type VllmUploadAnswer,
  type VllmVoiceList,
  VOICES_PATH,
} from '../../speech/openai-speech/protocol.ts';
import { badField, SpeechRefusal } from './refusal.ts';
import { sampleVoice } from './sample-voice.ts';
import type { CallContext } from './server-state.ts';
import { STOCK_VOICES } from './stock-voices.ts';
import type { Upload } from './uploads.ts';

/** A call on voices. */
export interface VoiceCall extends CallContext {
  request: IncomingMessage;
  url: URL;
  bytes: Buffer;
  isCrisp: boolean;
}

/** Whether a path is one of voices; CrispASR's own path is another one. */
export function isVoicePath(path: string, isCrisp: boolean): boolean {
  const roots = isCrisp ? [VOICES_PATH, CRISP_VOICES_PATH] : [VOICES_PATH];
  return roots.some((root) => path === root || path.startsWith(`${root}/`));
}

/** Answers a call on voices: status and body. Rejects with a SpeechRefusal; undefined when there is no such call. */
export async function answerVoices(call: VoiceCall): Promise<{ status: number; body: object } | undefined> {
  const { request, url, isCrisp, speech } = call;
  const counters = speech.counters.openaiSpeech;
  const [, name] = /^\/v1\/(?:audio\/)?voices\/([^/]+)$/.exec(url.pathname) ?? [];
  if (name !== undefined) {
    if (request.method !== 'DELETE') return undefined;
    counters.voiceCall('deletes');
    return { status: 200, body: await deleteVoice(call, decodeURIComponent(name)) };
  }
  if (request.method === 'GET') {
    counters.voiceCall('lists');
    return { status: 200, body: listVoices(call) };
  }
  if (request.method !== 'POST') return undefined;
  counters.voiceCall('uploads');
  return isCrisp ? { status: 201, body: await uploadToCrisp(call) } : { status: 200, body: await uploadToVllm(call) };
}

function listVoices({ state, speech, isCrisp }: VoiceCall): VllmVoiceList | CrispVoiceList | object {
  const form = speech.settings.openaiSpeech.voiceList;
  const uploads = state.uploads.list();
  const names = [...STOCK_VOICES, ...uploads.map((upload) => upload.name)];
  const asObjects = form === 'profile' ? isCrisp : form === 'objects';
  const isUploaded = (name: string) => state.uploads.find(name) !== undefined;
  const voices = asObjects ? names.map((name) => ({ name, format: isUploaded(name) ? 'wav' : 'gguf' })) : names;
  return isCrisp ? { voices } : { voices, uploaded_voices: uploads.map(shownUpload) };
}

async function deleteVoice({ state, isCrisp }: VoiceCall, name: string): Promise<object> {
  if (await state.uploads.remove(name)) return { success: true, message: `Voice '${name}' deleted` };
  const message = `Voice '${name}' not found`;
  if (isCrisp) throw new SpeechRefusal(404, message, { code: 'voice_not_found', param: 'name' });
  throw new SpeechRefusal(404, message, { body: { success: false, error: message } });
}

async function uploadToVllm(call: VoiceCall): Promise<VllmUploadAnswer> {
  const form = await readForm(call);
  const file = form.get('audio_sample');
  if (!(file instanceof Blob)) throw badField('audio_sample', 'Field required: audio_sample');
  const name = textField(form, 'name');
  if (name === undefined) throw badField('name', 'Field required: name');
  if (/[/\\\0]/.test(name)) throw badField('name', 'Voice name must not contain path separators.');
  const consent = textField(form, 'consent');
  if (consent === undefined) throw badField('consent', 'Field required: consent');
  if (file.size > MAX_UPLOAD_BYTES) throw badField('audio_sample', 'File size exceeds maximum limit of 10MB');
  const refText = textField(form, 'ref_text');
  const description = textField(form, 'speaker_description');
  const upload = await store(call, {
    file,
    field: 'audio_sample',
    meta: {
      name,
      consent,
      ...(refText === undefined ? {} : { ref_text: refText }),
      ...(description === undefined ? {} : { speaker_description: description }),
    },
  });
  return { success: true, voice: shownUpload(upload) };
}

async function uploadToCrisp(call: VoiceCall): Promise<CrispUploadAnswer> {
  const form = await readForm(call);
  const file = form.get('voice');
  if (!(file instanceof Blob)) throw badField('voice', 'voice is missing.', 'missing_required_field');
  const name = textField(form, 'name') ?? '';
  if (!/^[a-zA-Z0-9_-]+$/.test(name)) throw badField('name', 'name must match [a-zA-Z0-9_-]+.', 'invalid_voice');
  const consent = textField(form, 'consent_attestation');
  if (consent === undefined) {
    throw badField('consent_attestation', 'A recording requires consent_attestation.', 'consent_required');
  }
  const transcript = textField(form, 'transcript');
  const meta = { name, consent, ...(transcript === undefined ? {} : { ref_text: transcript }) };
  const upload = await store(call, { file, field: 'voice', meta });
  return { name, format: 'wav', size_bytes: upload.file_size };
}

async function store(
  call: VoiceCall,
  { file, field, meta }: { file: Blob; field: string; meta: Pick<Upload, 'name' | 'consent' | 'ref_text'> },
): Promise<Upload> {
  const { state, speech, signal, isCrisp, url } = call;
  const { settings } = speech;
  const { existingVoice } = settings.openaiSpeech;
  const isThere = state.uploads.find(meta.name) !== undefined;
  const overwrites = existingVoice === 'profile' ? !isCrisp : existingVoice === 'overwrite';
  if (isThere && !overwrites && url.searchParams.get('force') !== 'true') {
    throw new SpeechRefusal(409, `Voice '${meta.name}' already exists.`, { code: 'voice_exists', param: 'name' });
  }
  if (!isThere && state.uploads.size() >= settings.limits.voices) {
    throw badField('name', `Maximum number of uploaded voices (${settings.limits.voices}) reached.`);
  }
  const bytes = new Uint8Array(await file.arrayBuffer());
  const heard = await sampleVoice(bytes, { decode: settings.decodeSample, signal, field });
  const upload: Upload = {
    ...meta,
    created_at: Math.floor(settings.now() / 1000),
    file_size: bytes.length,
    mime_type: file.type || 'audio/wav',
    traits: heard.traits,
    ...(heard.seconds === undefined ? {} : { seconds: heard.seconds }),
  };
  await state.uploads.put(upload);
  return upload;
}

/** An upload as the list shows it. */
function shownUpload({ traits: _traits, seconds: _seconds, ...shown }: Upload): UploadedVoice {
  return shown;
}

async function readForm({ request, bytes }: VoiceCall): Promise<FormData> {
  const headers = { 'content-type': request.headers['content-type'] ?? '' };
  const body = new Response(new Uint8Array(bytes), { headers });
  return body.formData().catch(() => {
    throw new SpeechRefusal(400, 'The request body is not multipart/form-data.', { code: 'invalid_form' });
  });
}

function textField(form: FormData, field: string): string | undefined {
  const value = form.get(field);
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}
