/** `POST /v1/audio/transcriptions`, as OpenAI and the servers like it answer. */
import type { IncomingMessage } from 'node:http';
import { SpeechRefusal } from '../openai-speech/refusal.ts';
import type { SpeechContext } from '../response.ts';
import { type Heard, hearWav } from './heard.ts';

/** The answer: JSON, or text alone. Throws a SpeechRefusal. */
export async function answerTranscription(
  { headers }: IncomingMessage,
  body: Buffer,
  speech: SpeechContext,
): Promise<object | string> {
  const { faults, counters } = speech;
  counters.hearingCalled();
  const fault = faults.strike({ place: 'hearing-call' })?.kind;
  if (fault === 'hearing-429') throw new SpeechRefusal(429, 'Rate limit reached.', { code: 'rate_limit_exceeded' });
  if (fault === 'hearing-5xx') throw new SpeechRefusal(503, 'The model is busy.');
  const form = await formOf(headers['content-type'], body);
  const file = form.get('file');
  if (!(file instanceof Blob)) throw new SpeechRefusal(400, "Missing required parameter: 'file'.", { param: 'file' });
  if (!form.get('model')) throw new SpeechRefusal(400, "Missing required parameter: 'model'.", { param: 'model' });
  const format = form.get('response_format') ?? 'json';
  const { answer } = speech.settings.hearing;
  if (answer === 'refuse' && format !== 'json') {
    const message = `response_format '${format}' is not compatible with model '${form.get('model')}'. Use 'json' instead.`;
    throw new SpeechRefusal(400, message, { param: 'response_format' });
  }
  const heard = hearWav(new Uint8Array(await file.arrayBuffer()), speech);
  if (heard === undefined)
    throw new SpeechRefusal(400, 'Audio file might be corrupted or unsupported.', { param: 'file' });
  counters.heard(heard.seconds);
  if (answer === 'text') return heard.text;
  if (format !== 'verbose_json' || answer === 'json' || answer === 'refuse') return { text: heard.text };
  const wantsWords = form.getAll('timestamp_granularities[]').includes('word');
  return verbose(heard, { inSegments: answer === 'segments', wantsWords });
}

async function formOf(type: string | undefined, body: Buffer): Promise<FormData> {
  if (!/^multipart\/form-data/i.test(type ?? '')) throw new SpeechRefusal(400, 'The body must be multipart/form-data.');
  try {
    return await new Response(new Uint8Array(body), { headers: { 'content-type': type! } }).formData();
  } catch {
    throw new SpeechRefusal(400, 'The form cannot be read.');
  }
}

function verbose(heard: Heard, { inSegments, wantsWords }: { inSegments: boolean; wantsWords: boolean }): object {
  const { text, seconds } = heard;
  const words = heard.words.map((word) => ({ word: word.text, start: word.startSeconds, end: word.endSeconds }));
  const segment = { id: 0, start: 0, end: seconds, text, ...(inSegments && wantsWords && { words }) };
  const answer = {
    task: 'transcribe',
    language: 'english',
    duration: seconds,
    text,
    segments: text === '' ? [] : [segment],
  };
  return wantsWords && !inSegments ? { ...answer, words } : answer;
}
