/** Plans that were shown with their prices. Each pays for one piece of work: nothing is spent without one and an agreed sum. */
import { randomUUID } from 'node:crypto';
import { parseBudget } from '../../manifest/fields/budget.ts';
import { nanosOf } from '../../plan/price.ts';
import { ToolRefusal } from './refusal.ts';

/** What something costs at most by its plan, in nanos (src/plan/price.ts). */
export interface Price {
  nanos: number;
  currency: string;
}

/** What a shown plan is for. */
export type Wanted =
  | { kind: 'run'; manifest: string; chapters?: number[] | undefined }
  | {
      kind: 'retake';
      manifest: string;
      line: string;
      takes: number;
      say?: string | undefined;
      direction?: string | undefined;
    };

/** A shown plan. */
export type Offer = Wanted & { price: Price };

/** Shown plans that are kept; older ones have to be shown again. */
const MOST_OFFERS = 100;

/** The plans that one server has shown. */
export class Offers {
  readonly #shown = new Map<string, Offer>();

  /** Keeps a plan and returns its ID. */
  show(offer: Offer): string {
    const id = randomUUID();
    this.#shown.set(id, offer);
    for (const old of [...this.#shown.keys()].slice(0, -MOST_OFFERS)) this.#shown.delete(old);
    return id;
  }

  /** The plan of that ID. Throws `ToolRefusal` when none was shown, it was used, or it is for something else. */
  find<Kind extends Offer['kind']>(id: string, kind: Kind): Offer & { kind: Kind } {
    const offer = this.#shown.get(id);
    if (offer === undefined)
      throw new ToolRefusal(
        'no-plan',
        `There is no plan ${id}: none was shown with this ID, or it was used. Nothing was sent. Call plan, show its price to the person, and give its ID.`,
      );
    if (offer.kind !== kind)
      throw new ToolRefusal('other-plan', `Plan ${id} is for the tool ${offer.kind}. Nothing was sent.`);
    return offer as Offer & { kind: Kind };
  }

  /** Uses it up, so that one agreement never pays twice. */
  use(id: string): void {
    this.#shown.delete(id);
  }
}

/** The budget of the work, as `--budget` takes it. Throws `ToolRefusal` for a price that has risen, and a sum that is too small. */
export function agreedBudget(offer: Offer, now: Price, agreed: string): string {
  const sum = parseBudget(agreed);
  if ('problem' in sum) throw new ToolRefusal('wrong-sum', `agreed: ${sum.problem} Nothing was sent.`);
  if (now.nanos > offer.price.nanos || now.currency !== offer.price.currency)
    throw new ToolRefusal(
      'price-risen',
      `The price was ${sumText(offer.price)} and is now ${sumText(now)}: the book, the store or the prices have changed. Nothing was sent. Call plan again and show the new price to the person.`,
    );
  if (sum.currency !== now.currency)
    throw new ToolRefusal('wrong-sum', `Give the sum in ${now.currency}, such as "${sumText(now)}". Nothing was sent.`);
  if (nanosOf(sum.amount) < now.nanos)
    throw new ToolRefusal(
      'sum-too-small',
      `The price is ${sumText(now)}, more than the agreed ${agreed}. Nothing was sent. Ask the person for a greater sum, or plan fewer chapters.`,
    );
  return `${sum.amount} ${sum.currency}`;
}

/** A sum as text that is never below it: `1.2345 CNY`. */
export function sumText({ nanos, currency }: Price): string {
  return `${Math.ceil(nanos / 100_000) / 10_000} ${currency}`;
}
