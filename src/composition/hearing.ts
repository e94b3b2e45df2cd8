/** The recogniser of a process, and whether a book wants it. */
import type { Config } from '../config/config.ts';
import { ConfigError } from '../config/values.ts';
import { hasJapaneseReadings } from '../hearing/japanese-readings.ts';
import { createOwnRecogniser } from '../hearing/own-recogniser.ts';
import type { Recogniser } from '../hearing/recogniser.ts';
import { createServiceRecogniser } from '../hearing/service-recogniser.ts';
import type { RateLimiter } from '../limits.ts';
import type { Manifest } from '../manifest/manifest.ts';
import { SERVICE_RECOGNISER } from '../models/recognisers.ts';
import type { HearingTerms } from '../plan/hearing.ts';
import type { Rate } from '../plan/price.ts';
import { ratePerMillion } from '../plan/price.ts';
import type { PriceList } from '../plan/price-list.ts';
import type { CallKey } from '../speech/dashscope/api-key.ts';
import { OPTIONAL_PACKAGES } from './optional-packages.ts';

/** Of a server of one's own that needs no name. */
const ANY_MODEL = 'whisper-1';
/** Most names that are told of a cast. */
const MOST_NAMES = 30;

/**
 * Which words of a book are heard, by what, for how much; undefined: none. `suspects` is the default where a recogniser is
 * set up. Throws `ConfigError` for a manifest that asks for what is not set up.
 */
export function hearingTerms(
  config: Config,
  { checks, characters }: Pick<Manifest, 'checks' | 'characters'>,
  prices: PriceList | undefined,
): HearingTerms | undefined {
  const { url, model } = config.hearing;
  const isSetUp = url !== undefined || model !== undefined;
  const words = checks?.words ?? (isSetUp ? 'suspects' : 'off');
  if (words === 'off') return undefined;
  if (!isSetUp && config.apiKey === undefined && config.ownServer.url !== undefined && !config.simulate) {
    throw new ConfigError(
      `The manifest says "checks: {words: ${words}}", but there is no recogniser. Set PIPELINE_HEARING_URL to a server with /v1/audio/transcriptions, or DASHSCOPE_API_KEY for the service's. Nothing was sent.`,
    );
  }
  const id = modelOf(config);
  const rate = rateOf(id, { isOwn: url !== undefined, prices });
  const names = characters.flatMap(({ name, aliases }) => [name, ...aliases]).slice(0, MOST_NAMES);
  return {
    words,
    model: id,
    ...(rate && { rate }),
    ...(names.length > 0 && { names }),
    currency: prices?.currency ?? SERVICE_RECOGNISER.price.currency,
  };
}

/** What a person may want to install before Japanese words are heard; undefined for other books, and when it is installed. */
export function missingReadings(
  hearing: HearingTerms | undefined,
  { language }: Pick<Manifest, 'language'>,
  hasReadings: () => boolean = hasJapaneseReadings,
): string | undefined {
  if (hearing === undefined || language !== 'ja' || hasReadings()) return undefined;
  const install = `npm install ${OPTIONAL_PACKAGES.japanese.packages.join(' ')}`;
  return `A recogniser may write in kana what the book has in kanji, and without readings that proves nothing. To compare such lines, too, on each machine that works on the book:\n${install}`;
}

/** A price list replaces the table; a server of one's own costs nothing unless the list says so. */
function rateOf(id: string, { isOwn, prices }: { isOwn: boolean; prices: PriceList | undefined }): Rate | undefined {
  if (prices !== undefined) return Object.hasOwn(prices.models, id) ? prices.models[id]?.rate : undefined;
  return isOwn || id !== SERVICE_RECOGNISER.id ? undefined : ratePerMillion(SERVICE_RECOGNISER.price);
}

/** The service that a run uses, or the simulator in its place. */
export interface HearingService {
  httpBaseUrl: string;
  apiKey: string;
  callKey?: CallKey | undefined;
  /** Of the simulator in this process: where it stands for a server of one's own. */
  ownUrl?: string | undefined;
  limiter?: ((model: string) => RateLimiter) | undefined;
}

/** The recogniser of this process; undefined when there is none. Sends nothing. */
export function openRecogniser(config: Config, service: HearingService | undefined): Recogniser | undefined {
  const { url, key } = config.hearing;
  const model = modelOf(config);
  if (url !== undefined && !(config.simulate && service?.ownUrl === undefined)) {
    // Simulated speech must not cost anything.
    const address = config.simulate ? service!.ownUrl! : url;
    return createOwnRecogniser({ url: address, apiKey: config.simulate ? 'simulated' : key, model });
  }
  if (service === undefined) return undefined;
  const { httpBaseUrl, apiKey, callKey, limiter } = service;
  return createServiceRecogniser({ httpBaseUrl, apiKey, callKey, model, limiter: limiter?.(model) });
}

function modelOf({ hearing }: Config): string {
  return hearing.model ?? (hearing.url === undefined ? SERVICE_RECOGNISER.id : ANY_MODEL);
}
