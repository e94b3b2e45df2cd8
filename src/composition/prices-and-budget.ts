/** Prices, budget and limits for a plan: the user's own prices or the table of models, and the account's limits. */
import { stat } from 'node:fs/promises';
import type { Account } from '../account.ts';
import type { Config } from '../config/config.ts';
import { readNamedFile } from '../config/named-file.ts';
import { ConfigError } from '../config/values.ts';
import { systemCode } from '../errors.ts';
import { type Diagnostic, formatDiagnostics } from '../manifest/diagnostics/diagnostic.ts';
import { parseBudget } from '../manifest/fields/budget.ts';
import { modelsInUse } from '../manifest/fields/character-model.ts';
import type { Manifest } from '../manifest/manifest.ts';
import { decodeText } from '../manifest/yaml/decode.ts';
import type { Model } from '../models/model.ts';
import { modelOf } from '../models.ts';
import type { HearingTerms } from '../plan/hearing.ts';
import { currenciesOf, nanosOf, type Tariff, tableTariff, tariffForModel } from '../plan/price.ts';
import { listTariff, parsePriceList } from '../plan/price-list.ts';
import type { Terms } from '../run/run-options.ts';
import { manifestGrantId } from '../submissions/grant-id.ts';
import { hearingTerms } from './hearing.ts';

/** Largest price list, in bytes. */
const MOST_BYTES = 256 * 1024;

/**
 * The terms of a book. `grantId`: the grant of a budget that is not the manifest's own. Throws `ConfigError` for a price
 * list that cannot be read, a wrong budget, and a budget for models without a price or with prices in several currencies:
 * nothing is spent then.
 */
export async function termsOf(
  config: Config,
  manifest: Manifest,
  flags: { budget?: string },
  { account, grantId }: { account: Account; grantId?: string | undefined },
): Promise<Terms> {
  const model = modelOf(manifest);
  if (model === undefined) throw new Error(`Internal error: model "${manifest.model}" passed the manifest check.`);
  const others = modelsInUse(manifest).flatMap((used) => (used.model.id === model.id ? [] : [used.model]));
  const priced = await Promise.all(others.map(async (one) => [one.id, await tariffOf(config, one)] as const));
  const tariff: Tariff = {
    ...(await tariffOf(config, model)),
    ...(others.length > 0 && { others: Object.fromEntries(priced) }),
  };
  const budgetNanos = budgetOf({ manifest, flags, tariff, pricesPath: config.pricesPath });
  const hearing = await hearingOf(config, manifest, { tariff, hasBudget: budgetNanos !== undefined });
  const callsPerMinuteOf = Object.fromEntries(others.map((one) => [one.id, callsPerMinuteOfModel(one, config)]));
  const grant = flags.budget === undefined ? manifestGrantId(manifest, account.id) : grantId;
  return {
    tariff,
    ...(budgetNanos !== undefined && { budgetNanos }),
    ...(grant !== undefined && { grantId: grant }),
    sessionsAtOnce: config.sessionsAtOnce,
    callsPerMinute: callsPerMinuteOfModel(model, config),
    ...(others.length > 0 && { callsPerMinuteOf }),
    today: new Date().toISOString().slice(0, 10),
    ...(hearing && { hearing }),
  };
}

/** Throws `ConfigError` for a budget that could not be kept. */
async function hearingOf(
  config: Config,
  manifest: Manifest,
  { tariff, hasBudget }: { tariff: Tariff; hasBudget: boolean },
): Promise<HearingTerms | undefined> {
  const prices = await ownPrices(config);
  const hearing = hearingTerms(config, manifest, prices);
  const isFree = config.hearing.url !== undefined && hearing?.rate === undefined;
  if (hearing === undefined || !hasBudget || isFree) return hearing;
  if (hearing.rate !== undefined && hearing.currency === tariff.currency) return hearing;
  throw new ConfigError(
    `The budget cannot be kept: the recogniser ${hearing.model} has no price in ${tariff.currency}. Nothing was sent. Add it to the price list (docs/how-to/money.md), or write "checks: {words: off}" into the manifest.`,
  );
}

/** What a model costs: by the user's own prices, or by the table. Throws `ConfigError` for a price list that cannot be read. */
export async function tariffOf(config: Config, model: Model): Promise<Tariff> {
  const prices = await ownPrices(config);
  return prices === undefined ? tableTariff(model) : listTariff(prices, model.id);
}

function budgetOf({
  manifest,
  flags,
  tariff,
  pricesPath,
}: {
  manifest: Manifest;
  flags: { budget?: string };
  tariff: Tariff;
  pricesPath: string;
}): number | undefined {
  const given = flags.budget === undefined ? manifest.budget : parseBudget(flags.budget);
  if (given === undefined) return undefined;
  const name = flags.budget === undefined ? 'The budget in the manifest' : '--budget';
  if ('problem' in given) throw new ConfigError(`${name}: ${given.problem}`);
  const unpriced = modelsInUse(manifest).find(({ model }) => tariffForModel(tariff, model.id).speech === undefined)
    ?.model.id;
  if (unpriced !== undefined) {
    const where = tariff.own ? `${pricesPath} has no price for ${unpriced}` : `${unpriced} has no known price`;
    throw new ConfigError(
      `${name} cannot be kept: ${where}. Nothing was sent. Add the model to the price list (docs/how-to/money.md), or omit the budget.`,
    );
  }
  const currencies = currenciesOf(tariff);
  if (currencies.length > 1) {
    throw new ConfigError(
      `${name} cannot be kept: the book's models are priced in ${currencies.join(' and ')}. Nothing was sent. Write a price list in one currency (docs/how-to/money.md), or omit the budget.`,
    );
  }
  if (given.currency !== undefined && given.currency !== tariff.currency) {
    throw new ConfigError(
      `${name} is in ${given.currency}, but the prices are in ${tariff.currency}. Nothing was sent. Give it in ${tariff.currency}.`,
    );
  }
  return nanosOf(given.amount);
}

async function ownPrices({ pricesPath: file, pricesNamed }: Config) {
  let bytes: Uint8Array;
  try {
    const { size } = await stat(file);
    if (size > MOST_BYTES)
      throw new ConfigError(`The price list ${file} has ${size} bytes; at most ${MOST_BYTES} are allowed.`);
    bytes = await readNamedFile(file);
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    const code = systemCode(error);
    if (!pricesNamed && (code === 'ENOENT' || code === 'ENOTDIR')) return undefined;
    const how = pricesNamed ? ', which PIPELINE_PRICES names,' : '';
    throw new ConfigError(
      `The price list ${file}${how} cannot be read (${code ?? 'unknown reason'}). Nothing was sent.`,
    );
  }
  const decoded = decodeText({ file, bytes });
  if ('diagnostic' in decoded) throw priceListErrors([decoded.diagnostic], new Map());
  const { text } = decoded;
  const { prices, diagnostics } = parsePriceList({ file, text });
  if (prices === undefined) throw priceListErrors(diagnostics, new Map([[file, text]]));
  return prices;
}

function priceListErrors(diagnostics: Diagnostic[], sources: ReadonlyMap<string, string>): ConfigError {
  const list = formatDiagnostics({ diagnostics, sources, color: false }).trimEnd();
  return new ConfigError(`The price list has errors. Nothing was sent.\n${list}`);
}

/** Calls that the limits let through in a minute, for the estimate of a run's time; null for no limit. */
function callsPerMinuteOfModel({ callsPerMinute, callsPerSecond }: Model, config: Config): number | null {
  const limits = [config.callsPerMinute ?? callsPerMinute, callsPerSecond === undefined ? null : callsPerSecond * 60];
  const known = limits.filter((limit) => limit !== null);
  return known.length === 0 ? null : Math.min(...known);
}
