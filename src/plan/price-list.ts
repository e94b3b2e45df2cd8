/** A user's own price list: YAML → the tariff of a model, or every problem in it. Pure. */
import * as z from 'zod';
import type { Diagnostic } from '../manifest/diagnostics/diagnostic.ts';
import { type FieldPath, placesIn } from '../manifest/yaml/places.ts';
import { lineIndex } from '../manifest/yaml/position.ts';
import { readYaml } from '../manifest/yaml/yaml.ts';
import { type FreeQuota, nanosOf, type Rate, type Tariff } from './price.ts';

/** The user's own prices. They replace the table of src/models.ts completely: a model that is not in the list has no price. */
export interface PriceList {
  currency: string;
  source: string;
  date: string;
  enrolment: number;
  models: Record<string, { rate: Rate; free?: FreeQuota }>;
}

/** A higher price is a typing error: it is a thousand times the service's price. */
const MOST_PRICE = 10_000;
const price = z.number().min(0).max(MOST_PRICE);
const day = z.iso.date();

const modelSchema = z
  .strictObject({
    per10000Characters: price.optional(),
    per1000InputTokens: price.optional(),
    per1000OutputTokens: price.optional(),
    freeCharacters: z.number().int().min(0).optional(),
    freeSeconds: z.number().min(0).optional(),
    freeUntil: day.optional(),
  })
  .refine(
    (fields) =>
      (fields.per10000Characters === undefined) !==
      (fields.per1000InputTokens === undefined || fields.per1000OutputTokens === undefined),
    'Give either per10000Characters, or per1000InputTokens and per1000OutputTokens.',
  );

const listSchema = z.strictObject({
  currency: z.string().regex(/^[A-Z]{3}$/, 'A currency has three capital letters, such as CNY.'),
  source: z.string().trim().min(1).max(200),
  date: day,
  enrolment: price,
  models: z.record(z.string(), modelSchema),
});

/** Reads a price list. Reports all problems together; throws for no text. */
export function parsePriceList({ file, text }: { file: string; text: string }): {
  prices?: PriceList;
  diagnostics: Diagnostic[];
} {
  const lines = lineIndex(text);
  const { document, value, diagnostics } = readYaml({ file, text, lines });
  if (!document) return { diagnostics };
  const places = placesIn(document, lines);
  const parsed = listSchema.safeParse(value ?? {}, { reportInput: true });
  if (!parsed.success) {
    for (const issue of parsed.error.issues) {
      const path: FieldPath = issue.path.map((step) => (typeof step === 'number' ? step : String(step)));
      const { at, message } = describeIssue(issue, path);
      diagnostics.push({ code: 'wrong-price-list', severity: 'error', file, message, fix: FIX, ...places.value(at) });
    }
    return { diagnostics };
  }
  if (diagnostics.length > 0) return { diagnostics };
  const { currency, source, date, enrolment, models } = parsed.data;
  const entries = Object.entries(models).map(([id, fields]) => [id, { rate: rateIn(fields), ...freeIn(fields) }]);
  return { prices: { currency, source, date, enrolment, models: Object.fromEntries(entries) }, diagnostics };
}

/** The tariff of a model in the list. */
export function listTariff(prices: PriceList, model: string): Tariff {
  const { currency, source, date, enrolment } = prices;
  const known = Object.hasOwn(prices.models, model) ? prices.models[model] : undefined;
  const { rate: speech, free } = known ?? {};
  return {
    currency,
    speech,
    enrolmentNanos: nanosOf(enrolment),
    source,
    date,
    own: true,
    ...(free && { free }),
  };
}

const FIX =
  'A price list has "currency: CNY", "source: …", "date: 2026-11-01", "enrolment: 0.01" and "models:", under it each model with "per10000Characters: 1"; see docs/how-to/money.md.';

function describeIssue(issue: z.core.$ZodIssue, path: FieldPath): { at: FieldPath; message: string } {
  const name = path.length === 0 ? 'The price list' : `"${path.join('.')}"`;
  switch (issue.code) {
    case 'unrecognized_keys':
      return { at: [...path, issue.keys[0] ?? ''], message: `There is no field "${issue.keys[0]}" here.` };
    case 'invalid_type': {
      if (issue.input === undefined || issue.input === null)
        return { at: path, message: `${name} is missing or empty.` };
      const wanted = { number: 'a number', int: 'a whole number', string: 'text' }[issue.expected as string];
      return { at: path, message: `${name} must be ${wanted ?? 'a group of fields'}.` };
    }
    case 'too_small':
      return { at: path, message: `${name} must be at least ${issue.minimum}.` };
    case 'too_big':
      return { at: path, message: `${name} must be at most ${issue.maximum}.` };
    case 'invalid_format':
      return {
        at: path,
        message: issue.format === 'date' ? `${name} must be a day such as 2026-11-01.` : issue.message,
      };
    default:
      return { at: path, message: issue.message };
  }
}

function rateIn(fields: z.infer<typeof modelSchema>): Rate {
  const { per10000Characters, per1000InputTokens = 0, per1000OutputTokens = 0 } = fields;
  if (per10000Characters !== undefined) {
    return { kind: 'characters', perCharacterNanos: nanosOf(per10000Characters / 10_000) };
  }
  const [perInputTokenNanos, perOutputTokenNanos] = [per1000InputTokens, per1000OutputTokens].map((perThousand) =>
    nanosOf(perThousand / 1_000),
  ) as [number, number];
  return { kind: 'tokens', perInputTokenNanos, perOutputTokenNanos };
}

function freeIn({ freeCharacters, freeSeconds, freeUntil }: z.infer<typeof modelSchema>): { free?: FreeQuota } {
  if (freeCharacters === undefined && freeSeconds === undefined) return {};
  return {
    free: {
      ...(freeCharacters !== undefined && { characters: freeCharacters }),
      ...(freeSeconds !== undefined && { seconds: freeSeconds }),
      ...(freeUntil !== undefined && { until: freeUntil }),
    },
  };
}
