/** Speaks a line again, or for the first time: the price first, then as a job. */
import { planTakes } from '../../lines/retake.ts';
import { storedTakes } from '../../lines/stored-takes.ts';
import { MOST_TAKES } from '../../manifest/fields/take-number.ts';
import { isPickup } from '../../plan/book-lines.ts';
import type { Moment } from '../book/moment.ts';
import type { PricedWork } from '../dependencies.ts';
import type { PriceRequest, RetakeRequest } from '../requests.ts';
import { StudioProblem } from '../server/problem.ts';
import type { Job, Price } from '../shapes.ts';
import { type Studio, shownLine } from '../studio.ts';
import { refuseVariation } from './decide.ts';

/** What the takes of a line would cost. Throws a `StudioProblem` for what the line cannot have, and over the budget. */
export async function retakePrice(
  { given }: Studio,
  moment: Moment,
  of: { index: number; request: PriceRequest },
): Promise<Price> {
  const { segments } = await plannedTakes(moment, of);
  await given.expectWork?.(moment);
  return payable(await given.price(moment, segments));
}

/** Throws a `StudioProblem` when the budget does not allow it. */
export function payable({ refused, ...price }: PricedWork): Price {
  if (refused !== undefined) throw new StudioProblem(422, 'over-budget', refused, { price });
  return price;
}

/** Throws a `StudioProblem` with the price when it is higher than what was agreed to. */
export function refuseHigherPrice(price: Price, agreed: number): void {
  if (price.nanos <= agreed) return;
  throw new StudioProblem(409, 'price-changed', `The price is ${price.text} now. Nothing was sent.`, {
    price,
    values: { price: price.text },
  });
}

function plannedTakes(moment: Moment, { index, request }: { index: number; request: PriceRequest }) {
  const { book, account, store, lines } = moment;
  const line = lines[index]!;
  const { takes = 1, say, direction } = request;
  if (isPickup(line))
    throw new StudioProblem(
      422,
      'recording',
      `${line.number} is a recording of the author's, so it has no other takes.`,
      { values: { number: line.number } },
    );
  refuseVariation(moment, index, { say, direction });
  return planTakes({ book, account, store, line, takes, isFirstToo: true, say, direction });
}

/** Starts it. What is spoken goes on when the page is closed. */
export async function retake(
  studio: Studio,
  moment: Moment,
  of: { index: number; request: RetakeRequest },
): Promise<Job> {
  const { given, current, jobs, hub } = studio;
  const { index, request } = of;
  const line = moment.lines[index]!;
  const { number } = line;
  const { id } = moment.states[index]!;
  const { varied, numbers, segments } = await plannedTakes(moment, of);
  if (numbers.length === 0)
    throw new StudioProblem(422, 'most-takes', `${number} has ${MOST_TAKES} takes, as many as a line may have.`, {
      values: { number, n: MOST_TAKES },
    });
  refuseHigherPrice(payable(await given.price(moment, segments)), request.agreed);
  return jobs.start({
    kind: 'retake',
    line: number,
    message: `Waiting to speak ${number}: earlier work ends first, and the queue opens.`,
    doing: { code: 'waiting-line', values: { number } },
    // Two pages that ask for the same takes share one job, and pay once.
    key: segments.map(({ key }) => key).join(' '),
    work: async (report, signal) => {
      let done = 0;
      const { spent, failures } = await given.speak(moment, {
        ...{ segments, isRetake: true, signal },
        notice: (message) => report({ message }),
        onResult: () => {
          done += 1;
          const percent = Math.min(99, Math.round((100 * done) / segments.length));
          const message = `Speaking ${number}: ${done} of ${segments.length}.`;
          const values = { number, done, all: segments.length };
          report({ state: 'speaking', percent, message, doing: { code: 'speaking-line', values } });
        },
      });
      const now = await current.afterChange();
      const [takes = []] = await storedTakes(now.store, [varied], now.account.realm);
      const made = numbers.filter((one) => takes.some((take) => take.number === one));
      const message =
        failures.length > 0
          ? failures.join(' ')
          : `${made.length === 1 ? 'Take' : 'Takes'} ${made.join(', ')} of ${number}.`;
      const doing = { code: 'takes', values: { number, takes: made.join(', ') } } as const;
      report({
        ...{ message, result: { takes: made } },
        ...(failures.length === 0 && { doing }),
        ...(spent !== undefined && { spent }),
      });
      const at = now.lines.findIndex((_, place) => now.states[place]!.id === id);
      if (at >= 0) hub.send({ type: 'line', line: await shownLine(studio, now, at) });
      if (made.length === 0) throw new StudioProblem(503, 'not-spoken', message);
    },
  });
}
