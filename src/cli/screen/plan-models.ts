/** The part of a plan for people that a book with several models needs: which model speaks whom, and what each costs. */
import type { PlanReport } from '../../events/plan-report.ts';
import { moneyText } from '../../plan/price.ts';
import { counted, plain } from './format.ts';

/** A line for each model of a book with several; none for any other book. */
export function modelLines({ model: ofBook, models = [] }: PlanReport): string[] {
  return models.map(({ model, characters, voices, segments, cost }) => {
    const why = model === ofBook ? 'the model of the book' : 'named with the character';
    const work = [
      ...(voices.enroll > 0 ? [`${counted(voices.enroll, 'voice')} to enroll`] : []),
      `${counted(segments.synthesize, 'segment')} to speak`,
      ...(segments.synthesize + voices.enroll > 0 ? [cost === null ? 'price unknown' : moneyText(cost)] : []),
    ];
    return `  ${model} speaks ${plain(characters.join(', '))} (${why}): ${work.join(', ')}`;
  });
}

/** Where the prices come from. */
export function priceSourceLines({ models, prices }: PlanReport): string[] {
  if (models === undefined) return [`${whose(prices)}: ${sourceOf(prices)}`];
  return models.map(({ model, prices: its }) => `${whose(its)} of ${model}: ${sourceOf(its)}`);
}

/** Names the models without a price when the whole price is unknown. */
export function unknownPriceLines({ cost, costs, models, prices }: PlanReport): string[] {
  if (cost !== null || costs !== undefined) return [];
  if (models === undefined) return [`${whose(prices)} do not include this model.`];
  const unpriced = models.filter((each) => each.cost === null).map(({ model }) => model);
  return [`${whose(prices)} do not include ${unpriced.join(' and ')}.`];
}

function whose({ own }: PlanReport['prices']): string {
  return own ? 'Your prices' : 'Prices';
}

function sourceOf({ source, date, currency }: PlanReport['prices']): string {
  return `${plain(source)}, ${date}, in ${currency}.`;
}
