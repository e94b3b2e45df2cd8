/**
 * `GET /models` and `GET /models/limits`, for the models that the simulator serves. A retired model is in neither.
 *
 * Sources: models.py of the SDK for Python, and readings of the catalogue and of the official command line.
 */
import { MODELS } from '../../models.ts';
import type { CatalogModel, ModelQuota } from '../../speech/dashscope-inference/protocol.ts';
import { invalidParameter } from '../refusal.ts';
import { INFERENCE_MODELS } from './models.ts';
import type { InferenceSettings } from './settings.ts';

/** `output` of `GET /models`. */
export function catalogPage(
  query: URLSearchParams,
  retired: readonly string[],
): { total: number; page_no: number; page_size: number; models: CatalogModel[] } {
  const pageNo = pageNumber(query, 'page_no', 1);
  const pageSize = pageNumber(query, 'page_size', 10);
  const wanted = query.get('model');
  const kinds = query.getAll('capabilities');
  const rows = servedIds(retired)
    .filter((id) => wanted === null || id === wanted)
    .filter((id) => kinds.length === 0 || kinds.includes(INFERENCE_MODELS.has(id) ? 'TTS' : 'Realtime-Text-to-Speech'));
  const models = rows.slice((pageNo - 1) * pageSize, pageNo * pageSize).map(catalogRow);
  return { total: rows.length, page_no: pageNo, page_size: pageSize, models };
}

/** `output` of `GET /models/limits`. */
export function modelQuotas(
  query: URLSearchParams,
  settings: Pick<InferenceSettings, 'retired' | 'tasksPerMinute' | 'tasksPerSecond'>,
): { quotas: ModelQuota[] } {
  const wanted = query.get('model');
  const ids = servedIds(settings.retired).filter((id) => wanted === null || id === wanted);
  return { quotas: ids.map((id) => quotaOf(id, settings)) };
}

function servedIds(retired: readonly string[]): string[] {
  return Object.keys(MODELS).filter((id) => !retired.includes(id));
}

/** Prices are 0: the simulator costs nothing, and no code may take its prices for the service's. */
function catalogRow(id: string): CatalogModel {
  const type = MODELS[id]?.usage === 'tokens' ? 'output_token' : 'character';
  return {
    model: id,
    name: id,
    published_time: '2026-01-01 00:00:00',
    prices: [{ range_name: 'default', prices: [{ type, price: '0', price_unit: 'CNY', time_band: 'all' }] }],
  };
}

function quotaOf(
  id: string,
  { tasksPerMinute, tasksPerSecond }: Pick<InferenceSettings, 'tasksPerMinute' | 'tasksPerSecond'>,
): ModelQuota {
  const ofInference = INFERENCE_MODELS.has(id);
  const known = MODELS[id];
  // What the simulator keeps to comes first.
  const callsPerSecond = ofInference && Number.isFinite(tasksPerSecond) ? tasksPerSecond : known?.callsPerSecond;
  const callsPerMinute = ofInference && Number.isFinite(tasksPerMinute) ? tasksPerMinute : known?.callsPerMinute;
  // Where no figure is published the row is like its siblings'.
  const [calls, seconds] = callsPerSecond === undefined ? [callsPerMinute ?? 180, 60] : [callsPerSecond, 1];
  const limit = {
    request_limit: calls,
    request_limit_period: seconds,
    usage_limit: null,
    usage_limit_field: null,
    usage_limit_period: null,
    async_user_queue_limit: null,
    async_user_concurrency_limit: null,
  };
  return { model: id, workspace_id: 'simulator', model_limit: limit, workspace_limit: limit };
}

function pageNumber(query: URLSearchParams, name: string, preset: number): number {
  const value = Number(query.get(name) ?? preset);
  if (Number.isInteger(value) && value >= 1 && value <= 1000) return value;
  throw invalidParameter(`${name} must be an integer in [1, 1000].`);
}
