/** What the tests of the inference protocol share: enrolment calls and a client that records every message and frame. */
import { randomUUID } from 'node:crypto';
import { WebSocket } from 'ws';
import type { Simulator } from '../../../src/simulator/server.ts';
import type { SimulatorOptions } from '../../../src/simulator/settings.ts';
import { VOICE_ENROLLMENT_MODEL, VOICE_ENROLLMENT_PATH } from '../../../src/speech/dashscope-inference/protocol.ts';
import { afterwards, dataUri, KEY, speechLike, start, wav } from '../rig.ts';

export const CHARACTERS = 'cosyvoice-v3-flash';
export const TOKENS = 'qwen-audio-3.1-tts-flash';
export const AUDIO_30 = 'qwen-audio-3.0-tts-flash';

/** A good sample: 6 s of a buzzing voice at 16 kHz. */
export const SAMPLE = dataUri(wav(speechLike({ seconds: 6, rateHz: 16_000 }), { rateHz: 16_000 }));

/** One enrolment call. */
export async function enroll(simulator: Simulator, input: unknown, key = KEY) {
  const response = await fetch(simulator.httpBaseUrl + VOICE_ENROLLMENT_PATH, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: VOICE_ENROLLMENT_MODEL, input }),
  });
  const body = (await response.json()) as {
    code?: string;
    message?: string;
    output?: { voice_id?: string; status?: string; voice_list?: { voice_id: string; status: string }[] };
    usage?: { count: number };
  };
  return { status: response.status, body };
}

/** Input of a create_voice; `over` replaces fields. */
export function createVoice(over: Record<string, unknown> = {}) {
  return { action: 'create_voice', target_model: CHARACTERS, prefix: 'mara', url: SAMPLE, ...over };
}

/** Enrolls a voice and gives its ID. */
export async function voiceOf(simulator: Simulator, over: Record<string, unknown> = {}): Promise<string> {
  const { body } = await enroll(simulator, createVoice(over));
  if (body.output?.voice_id === undefined) throw new Error(`not enrolled: ${JSON.stringify(body)}`);
  return body.output.voice_id;
}

export interface Message {
  header: { task_id: string; event: string; error_code?: string; error_message?: string };
  payload: {
    output?: Output | null;
    usage?: Record<string, number>;
  } & Partial<Output>;
}
interface Output {
  type: string;
  original_text?: string;
  sentence: { index: number; words?: Record<string, string | number>[] };
}

/** A client that records every message, and each frame with the message before it. */
export interface TaskClient {
  readonly socket: WebSocket;
  readonly messages: Message[];
  readonly frames: { bytes: Buffer; after: Message | undefined }[];
  /** Events in order: `task-started`, `sentence-begin`, … ; frames are `frame`. */
  readonly order: string[];
  readonly closed: Promise<{ code: number; reason: string }>;
  send(message: unknown): void;
  /** The first message that fits; rejects when the socket closes before. */
  wait(fits: (message: Message) => boolean): Promise<Message>;
  event(name: string, taskId?: string): Promise<Message>;
}

/** Connects; rejects with the HTTP status of a refused handshake. */
export async function open(simulator: Simulator, { key = KEY, slash = '' } = {}): Promise<TaskClient> {
  const socket = new WebSocket(simulator.inferenceUrl + slash, {
    perMessageDeflate: false,
    headers: key === '' ? {} : { authorization: `Bearer ${key}` },
  });
  afterwards(async () => socket.terminate());
  const messages: Message[] = [];
  const frames: TaskClient['frames'] = [];
  const order: string[] = [];
  const waiters = new Set<() => void>();
  let over = false;
  const wake = () => {
    for (const waiter of waiters) waiter();
  };
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.on('close', (code, reason) => {
      over = true;
      resolve({ code, reason: reason.toString() });
      wake();
    });
  });
  socket.on('message', (data, isBinary) => {
    if (isBinary) {
      frames.push({ bytes: data as Buffer, after: messages.at(-1) });
      order.push('frame');
      return;
    }
    const message = JSON.parse(data.toString()) as Message;
    messages.push(message);
    order.push(message.payload.output?.type ?? message.payload.type ?? message.header.event);
    wake();
  });
  await new Promise<void>((resolve, reject) => {
    socket.on('open', resolve);
    socket.on('error', reject);
    socket.on('unexpected-response', (request, response) => {
      request.destroy();
      reject(Object.assign(new Error(`refused with ${response.statusCode}`), { status: response.statusCode }));
    });
  });
  const wait: TaskClient['wait'] = (fits) =>
    new Promise((resolve, reject) => {
      const look = () => {
        const found = messages.find(fits);
        if (!found && !over) return;
        waiters.delete(look);
        if (found) resolve(found);
        else reject(new Error(`closed; seen: ${order.join(' ')} ${JSON.stringify(messages.at(-1))}`));
      };
      waiters.add(look);
      look();
    });
  return {
    socket,
    messages,
    frames,
    order,
    closed,
    send: (message) => socket.send(typeof message === 'string' ? message : JSON.stringify(message)),
    wait,
    event: (name, taskId) =>
      wait(({ header }) => header.event === name && (taskId === undefined || header.task_id === taskId)),
  };
}

/** The messages of one task. */
export function taskOf(taskId: string = randomUUID()) {
  const header = (action: string) => ({ action, task_id: taskId, streaming: 'duplex' });
  return {
    taskId,
    run: (model: string, parameters: Record<string, unknown>, over: Record<string, unknown> = {}) => ({
      header: header('run-task'),
      payload: {
        task_group: 'audio',
        task: 'tts',
        function: 'SpeechSynthesizer',
        model,
        parameters: { text_type: 'PlainText', format: 'pcm', sample_rate: 24_000, ...parameters },
        input: {},
        ...over,
      },
    }),
    text: (text: unknown) => ({ header: header('continue-task'), payload: { input: { text } } }),
    flush: () => ({ header: header('continue-task'), payload: { input: { flush: true } } }),
    finish: () => ({ header: header('finish-task'), payload: { input: {} } }),
    cancel: () => ({ header: header('finish-task'), payload: { input: { directive: 'cancel' } } }),
  };
}

/** A simulator with tones, a voice that need not be enrolled (which costs time) and an open connection. */
export async function ready(options: SimulatorOptions = {}, model = CHARACTERS) {
  const simulator = await start({ ...options, behaviour: { adoptVoices: true, ...options.behaviour } });
  return { simulator, voice: `${model}-mara-0123`, model, client: await open(simulator) };
}

/** Runs a task to its end and gives what came. */
export async function speak(
  client: TaskClient,
  { model = CHARACTERS, texts, ...parameters }: { model?: string; texts: string[] } & Record<string, unknown>,
) {
  const task = taskOf();
  const from = client.frames.length;
  client.send(task.run(model, parameters));
  await client.event('task-started', task.taskId);
  for (const text of texts) client.send(task.text(text));
  client.send(task.finish());
  const finished = await client.event('task-finished', task.taskId);
  const mine = client.messages.filter(({ header }) => header.task_id === task.taskId);
  const outputs = mine.filter(({ header }) => header.event === 'result-generated');
  const audio = Buffer.concat(client.frames.slice(from).map(({ bytes }) => bytes));
  const ends = outputs.filter(({ payload }) => payload.output?.type === 'sentence-end');
  return { task, finished, outputs, ends, audio, frames: client.frames.slice(from) };
}

/** Sends messages and gives the error of the task that must fail. */
export async function failure(client: TaskClient, messages: readonly unknown[]) {
  for (const message of messages) client.send(message);
  const { header } = await client.event('task-failed');
  return { code: header.error_code, message: header.error_message, closed: (await client.closed).code };
}
