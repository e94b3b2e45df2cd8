/** What a server tells about itself: models, health, and the description of its interface. */
import {
  type CrispHealth,
  MODELS_PATH,
  type ModelList,
  SPEECH_BATCH_PATH,
  SPEECH_PATH,
  VOICES_PATH,
} from '../../speech/openai-speech/protocol.ts';
import type { OpenaiSpeechSettings } from './settings.ts';
import { OPENAI_MODELS } from './strict-order.ts';
import { VLLM_FIELDS } from './vllm-order.ts';

/** What is loaded now. */
export interface Loaded {
  model: string;
  backend: string;
}

/** `GET /v1/models`. */
export function modelList({ profile }: OpenaiSpeechSettings, { model, backend }: Loaded): ModelList {
  const ids = profile === 'openai-strict' ? [...new Set([...OPENAI_MODELS, model])] : [model];
  const owner = { 'vllm-omni': 'vllm', 'openai-strict': 'openai', crispasr: 'crispasr' }[profile];
  const extra = profile === 'crispasr' ? { backend } : {};
  return { object: 'list', data: ids.map((id) => ({ id, object: 'model', owned_by: owner, ...extra })) };
}

/** `GET /health` of CrispASR. */
export function crispHealth({ backend }: Loaded): CrispHealth {
  return { status: 'ok', backend };
}

/** `GET /openapi.json` of vLLM-Omni: the paths, and the fields of a speech request. */
export function openapi({ knowsSeed }: OpenaiSpeechSettings): object {
  const fields = VLLM_FIELDS.filter((field) => field !== 'seed' || knowsSeed);
  const schema = { $ref: '#/components/schemas/OpenAICreateSpeechRequest' };
  const requestBody = { required: true, content: { 'application/json': { schema } } };
  return {
    openapi: '3.1.0',
    info: { title: 'FastAPI', version: '0.1.0' },
    paths: {
      [SPEECH_PATH]: { post: { requestBody } },
      [SPEECH_BATCH_PATH]: { post: {} },
      [VOICES_PATH]: { get: {}, post: {} },
      [`${VOICES_PATH}/{name}`]: { delete: {} },
      [MODELS_PATH]: { get: {} },
    },
    components: {
      schemas: {
        OpenAICreateSpeechRequest: {
          type: 'object',
          required: ['input'],
          properties: Object.fromEntries(fields.map((field) => [field, { title: field }])),
        },
      },
    },
  };
}
