import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Model } from '../../src/models/model.ts';
import { ownServerModel } from '../../src/models/own-server.ts';
import { MODELS } from '../../src/models.ts';

const page = readFileSync(new URL('../../docs/reference/engines.md', import.meta.url), 'utf8');

function priceOf({ engine, price }: Model): string {
  if (engine === 'openai-speech') return 'your own';
  if (price === null) return 'not found';
  if (price.kind === 'characters') return `${price.perTenThousandCharacters} ${price.currency} / 10,000 characters`;
  const million = (perThousand: number) => Math.round(perThousand * 1_000_000) / 1_000;
  return `${million(price.perThousandInput)} / ${million(price.perThousandOutput)} ${price.currency} / million tokens in / out`;
}

function limitOf({ engine, callsPerMinute, callsPerSecond }: Model): string {
  if (engine === 'openai-speech') return 'one at a time';
  if (callsPerSecond !== undefined) return `${callsPerSecond} a second`;
  return callsPerMinute === null ? 'not found' : `${callsPerMinute} a minute`;
}

/** One row of the table, with single spaces. */
function row(model: Model): string {
  const gives = [
    ...(model.takesDirections ? ['directions'] : []),
    ...(model.takesSeed ? ['seed'] : []),
    ...(model.tellsWordTimes ? ['word times'] : []),
  ].join(', ');
  const cells = [
    model.engine === 'openai-speech' ? 'any, on [your own server](#your-own-server)' : `\`${model.id}\``,
    model.engine,
    String(Object.keys(model.languages).length),
    `${model.minSampleRateHz / 1_000} kHz`,
    gives || '–',
    limitOf(model),
    priceOf(model),
    `${model.enrolment.priceCny} CNY`,
    model.life === undefined ? 'none announced' : `${model.life.retires} (${model.life.certainty})`,
    model.engine === 'openai-speech' ? '–' : `${model.priceSource.source}, ${model.priceSource.date}`,
  ];
  return `| ${cells.join(' | ')} |`;
}

test('docs/reference/engines.md has the table of models as the program has it', () => {
  const rows = page.split('\n').map((line) => line.replace(/\s+/g, ' ').trim());
  for (const model of [...Object.values(MODELS), ownServerModel('any')]) expect(rows).toContain(row(model));
});
