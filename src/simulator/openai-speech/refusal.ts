/** Refused calls, in each profile's own form. */
import type { OpenaiSpeechProfile } from '../../speech/openai-speech/protocol.ts';

/** A call that the server refuses. `code` is a word, for the profiles that have words. */
export class SpeechRefusal extends Error {
  readonly status: number;
  readonly code: string | null;
  readonly param: string | null;
  /** The whole body, where it has another form. */
  readonly body: object | undefined;

  constructor(status: number, message: string, more: { code?: string; param?: string; body?: object } = {}) {
    super(message);
    this.name = 'SpeechRefusal';
    this.status = status;
    this.code = more.code ?? null;
    this.param = more.param ?? null;
    this.body = more.body;
  }
}

/** 400 about a field. */
export function badField(param: string, message: string, code?: string): SpeechRefusal {
  return new SpeechRefusal(400, message, code === undefined ? { param } : { param, code });
}

/** Body of a refusal. vLLM-Omni's `code` is the status as a number. */
export function refusalBody(profile: OpenaiSpeechProfile, refusal: SpeechRefusal): object {
  const { status, message, code, param, body } = refusal;
  if (body !== undefined) return body;
  if (profile === 'vllm-omni') {
    // From vLLM's own middleware, which knows nothing of the rest.
    if (status === 401) return { error: 'Unauthorized' };
    return { error: { message, type: VLLM_TYPES[status] ?? 'InternalServerError', param, code: status } };
  }
  return { error: { message, type: OPENAI_TYPES[status] ?? openaiType(status), param, code } };
}

const VLLM_TYPES: Readonly<Record<number, string>> = {
  400: 'BadRequestError',
  404: 'NotFoundError',
  413: 'BadRequestError',
  415: 'BadRequestError',
  429: 'RateLimitError',
  503: 'ServiceUnavailableError',
};

const OPENAI_TYPES: Readonly<Record<number, string>> = { 429: 'rate_limit_error', 503: 'service_unavailable' };

function openaiType(status: number): string {
  return status < 500 ? 'invalid_request_error' : 'server_error';
}
