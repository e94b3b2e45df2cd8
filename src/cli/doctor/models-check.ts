/** `doctor`: which models this key may use, and which of them end. */
import type { Config } from '../../config/config.ts';
import { dayOf } from '../../models/life.ts';
import type { ModelLife } from '../../models/model.ts';
import { DEFAULT_MODEL, lastingModels, MODELS } from '../../models.ts';
import { askCatalog, type ModelAccess } from '../../speech/dashscope/catalog.ts';
import { keyAdvice } from '../../speech/dashscope/failure-rules.ts';
import type { Finding } from './finding.ts';

/** Longest wait for the service, in milliseconds. */
const ASK_MS = 8_000;

/** One finding on the models. Asks the service when there is a key; both questions are free. */
export async function modelsCheck({ apiKey, inferenceHttpUrl: httpUrl }: Config): Promise<Finding> {
  const what = 'models';
  const today = dayOf(new Date());
  const ends = pastTheirEnd(today);
  const preset = `the default is ${DEFAULT_MODEL}`;
  if (apiKey === undefined)
    return { what, state: 'ok', found: `${preset}; without a key the service was not asked${ends}` };
  const models = [DEFAULT_MODEL, ...Object.keys(MODELS).filter((id) => id !== DEFAULT_MODEL)];
  const known = await askCatalog({ httpUrl, apiKey, models, timeoutMs: ASK_MS });
  if (known === 'key-refused') {
    return { what, state: 'warn', found: `the service refused the API key${ends}`, fix: keyAdvice(apiKey) };
  }
  if (known === undefined) {
    const found = `${preset}; the service did not say which models this key may use${ends}`;
    return {
      what,
      state: 'warn',
      found,
      fix: 'Check the key and its region, and that DASHSCOPE_HTTP_BASE_URL is that of the service.',
    };
  }
  const listed = known.filter(({ isListed }) => isListed);
  const found = `${preset}; the service lists for this key: ${listed.map(line).join(', ') || 'none that can clone'}${ends}`;
  if (listed.some(({ model }) => model === DEFAULT_MODEL)) return { what, state: 'ok', found };
  const other = lastingModels().find((id) => listed.some(({ model }) => model === id));
  const fix =
    other === undefined
      ? 'Enable one of these models for the workspace of the key, or use a key of another region.'
      : `The default is not listed: write "model: ${other}" in the manifest.`;
  return { what, state: 'warn', found, fix };
}

/** The models whose end has passed, by how sure that is; empty for none. */
function pastTheirEnd(today: string): string {
  const named = (certainty: ModelLife['certainty'], what: string): string => {
    const ids = Object.values(MODELS).flatMap(({ id, life }) =>
      life !== undefined && life.retires <= today && life.certainty === certainty ? [id] : [],
    );
    return ids.length === 0 ? '' : `; ${what}: ${ids.join(', ')}`;
  };
  return named('announced', 'past their announced end') + named('inferred', 'very likely ended');
}

function line({ model, limit, tokenLimit }: ModelAccess): string {
  const limits = [
    ...(limit === undefined ? [] : [`${limit.calls} calls ${windowOf(limit)}`]),
    ...(tokenLimit === undefined ? [] : [`${tokenLimit.tokens} tokens ${windowOf(tokenLimit)}`]),
  ];
  return limits.length === 0 ? model : `${model} (${limits.join(', ')})`;
}

function windowOf({ seconds }: { seconds: number }): string {
  return seconds === 60 ? 'a minute' : seconds === 1 ? 'a second' : `in ${seconds} s`;
}
