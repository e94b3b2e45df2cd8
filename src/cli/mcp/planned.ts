/** What the planners of run and retake find. */
import type { PlanPrice } from '../../plan/plan-price.ts';
import { ToolRefusal } from './refusal.ts';

/** What a planner found: its price, and what else to show. */
export interface Planned {
  price: PlanPrice | undefined;
  /** In a few words: `3 segments to speak`. */
  work: string;
  data: object;
}

/** Throws `ToolRefusal` when no price is known: no sum could be kept. */
export function requirePrice(price: PlanPrice | undefined): PlanPrice {
  if (price !== undefined) return price;
  throw new ToolRefusal(
    'price-unknown',
    'No price is known for a model of this book, or its prices are in several currencies, so no sum could be kept. Nothing was sent. Write a price list (docs/how-to/money.md), or have a person use pipeline run.',
  );
}
