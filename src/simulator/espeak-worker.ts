/**
 * The worker thread that runs espeak-ng, as source text.
 *
 * It is text and not a file, because a `.ts` worker does not load on Node 20 under tsx or vitest, and the build has no
 * other file to start it from. The caller makes all decisions; this code only calls the engine.
 */

/** One text for espeak-ng. */
export interface SpeechRequest {
  /** espeak-ng voice: `en`, `cmn`, … */
  voice: string;
  /** Name of the variant file, unique to its content. */
  variantName: string;
  /** Content of the variant file. */
  variant: string;
  /** 80 to 450. */
  wordsPerMinute: number;
  text: string;
}

/** Mono samples at 22,050 Hz, or the reason why there are none. */
export type SpeechAnswer = { pcm: Int16Array } | { failure: string };

/** Longest text in UTF-8 bytes; a longer request fails. The service itself speaks about 500 characters at a time. */
export const MOST_TEXT_BYTES = 64 * 1024;

/**
 * Source of the worker. espeak-ng carries state from one text to the next (measured: the same text twice, with other
 * texts in between, differs in a third of its samples), so every request starts from one image of its memory; restoring
 * it takes about 5 ms. The binding's text buffer must not move after the image was taken, so it is grown before, by
 * texts of maximum length that are stopped at their first sound.
 *
 * `workerData.moduleUrl` is the package's file URL. One SpeechRequest in, one SpeechAnswer out.
 */
export const SPEECH_WORKER = `
const { parentPort, workerData } = require('node:worker_threads');

const loading = import(workerData.moduleUrl).then(async ({ default: load }) => {
  const module = await load();
  const engine = new module.eSpeakNGWorker();
  engine.set_voice('en');
  for (let i = 0; i < 2; i++) engine.synthesize('word '.repeat(${MOST_TEXT_BYTES} / 4), () => true);
  return { module, engine, variants: new Set(), image: module.HEAPU8.slice() };
});
loading.catch(() => {});

parentPort.on('message', async (request) => {
  try {
    const pcm = speak(await loading, request);
    parentPort.postMessage({ pcm }, [pcm.buffer]);
  } catch (error) {
    parentPort.postMessage({ failure: 'espeak-ng failed: ' + error });
  }
});

function speak({ module, engine, variants, image }, request) {
  if (Buffer.byteLength(request.text) > ${MOST_TEXT_BYTES}) throw new Error('the text is too long');
  module.HEAPU8.set(image);
  module.HEAPU8.fill(0, image.length);
  if (!variants.has(request.variantName)) {
    const bytes = new TextEncoder().encode(request.variant);
    module.FS_createDataFile('/usr/share/espeak-ng-data/voices/!v', request.variantName, bytes, true, true, true);
    variants.add(request.variantName);
  }
  const status = engine.set_voice(request.voice + '+' + request.variantName);
  if (status !== 0) throw new Error('no voice ' + request.voice);
  engine.set_pitch(50);
  engine.set_rate(request.wordsPerMinute);
  const chunks = [];
  let length = 0;
  engine.synthesize(request.text, (chunk) => {
    // A copy: the engine reuses its buffer.
    if (chunk) {
      chunks.push(chunk.slice());
      length += chunk.length;
    }
    return false;
  });
  const pcm = new Int16Array(length);
  let at = 0;
  for (const chunk of chunks) {
    pcm.set(chunk, at);
    at += chunk.length;
  }
  return pcm;
}
`;
