/**
 * The control API, below `/simulator`: tests in any language change the settings of a running simulator with it.
 *
 *   GET  /simulator/metrics    the counters
 *   GET  /simulator/spoken     how often a response was started, by its text
 *   GET  /simulator/settings   the current settings
 *   PUT  /simulator/settings   {speed, limits, behaviour, inference, openaiSpeech, faults, seed}: sets the given ones
 *   POST /simulator/clock      {"advanceSeconds": n} advances the clock: temporary keys expire, unused voices are deleted
 *   POST /simulator/reset      deletes voices, keys and counters, restarts the faults, ends open sessions
 *
 * It requires no key. Bodies must be declared as JSON, which blocks web pages of other origins: they would need a
 * preflight request.
 */
import type { IncomingMessage } from 'node:http';
import type { Metrics } from './metrics.ts';
import { parseSettingsPatch, type SettingsPatch } from './parse-settings.ts';
import { invalidParameter, Refusal } from './refusal.ts';
import { readBody } from './request-body.ts';

/** The operations of the control API. */
export interface Controls {
  metrics(): Metrics;
  spokenTexts(): Map<string, number>;
  settings(): object;
  set(patch: SettingsPatch): void;
  advance(seconds: number): void;
  reset(): Promise<void>;
}

/** Longest body; enough for a thousand fault rules. */
const MOST_BODY_BYTES = 1024 * 1024;
/** A hundred years. */
const MOST_ADVANCE_SECONDS = 100 * 366 * 86_400;

/** Whether a path belongs to the control API. */
export function isControlPath(path: string): boolean {
  return path.startsWith('/simulator/');
}

/** Responds to one control request; returns the body. Throws a Refusal. */
export async function answerControl(request: IncomingMessage, path: string, controls: Controls): Promise<object> {
  const resource = `${request.method} ${path}`;
  if (resource === 'GET /simulator/metrics') return controls.metrics();
  if (resource === 'GET /simulator/spoken') return Object.fromEntries(controls.spokenTexts());
  if (resource === 'GET /simulator/settings') return controls.settings();
  if (resource === 'PUT /simulator/settings') {
    const patch = parseSettingsPatch(await readJson(request));
    if ('problem' in patch) throw invalidParameter(patch.problem);
    controls.set(patch);
    return controls.settings();
  }
  if (resource === 'POST /simulator/clock') {
    controls.advance(advanceOf(await readJson(request)));
    return controls.settings();
  }
  if (resource === 'POST /simulator/reset') {
    await readJson(request);
    await controls.reset();
    return {};
  }
  throw new Refusal(404, 'NotFound', `The simulator has no ${resource}.`);
}

function advanceOf(body: unknown): number {
  const seconds =
    typeof body === 'object' && body !== null && 'advanceSeconds' in body ? body.advanceSeconds : undefined;
  if (typeof seconds === 'number' && seconds >= 0 && seconds <= MOST_ADVANCE_SECONDS) return seconds;
  throw invalidParameter(`advanceSeconds must be a number in [0, ${MOST_ADVANCE_SECONDS}].`);
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  if (!/^application\/json\b/i.test(request.headers['content-type'] ?? '')) {
    throw new Refusal(415, 'BadRequest.IllegalInput', 'The body must be sent as content-type application/json.');
  }
  const body = await readBody(request, MOST_BODY_BYTES);
  try {
    return JSON.parse(body || '{}');
  } catch {
    throw new Refusal(400, 'BadRequest.IllegalInput', 'The input parameter requires json format.');
  }
}
