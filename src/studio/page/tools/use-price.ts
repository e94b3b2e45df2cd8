/** The price of something, asked for while a form is open: nobody presses a button that does not say what it costs. */
import { useCallback, useEffect, useState } from 'preact/hooks';
import type { Price } from '../../shapes.ts';
import { detailOf, tellDone, tellProblem } from '../state/notices.ts';
import { RefusedRequest } from '../state/request.ts';
import { t } from '../words/words.ts';

/** Typing settles before a price is asked for, in milliseconds. */
const SETTLED_MS = 250;

/** A price, why there is none, or neither while it is asked for. */
export interface Priced {
  price?: Price;
  refusal?: string;
  /** Shows another price: the server said that it has risen. */
  replace: (price: Price) => void;
}

/** Asks for the price of `ask` whenever `of` changes. */
export function usePrice(of: string, ask: () => Promise<Price>): Priced {
  const [found, setFound] = useState<{ of: string; price?: Price; refusal?: string }>({ of: '' });
  useEffect(() => {
    let isOld = false;
    const timer = setTimeout(
      () =>
        void ask().then(
          (price) => isOld || setFound({ of, price }),
          (error: unknown) =>
            isOld ||
            setFound({ of, refusal: error instanceof RefusedRequest ? detailOf(error.problem) : String(error) }),
        ),
      found.of === '' ? 0 : SETTLED_MS,
    );
    return () => {
      isOld = true;
      clearTimeout(timer);
    };
  }, [of]);
  const replace = useCallback((price: Price) => setFound({ of, price }), [of]);
  if (found.of !== of) return { replace };
  const { price, refusal } = found;
  return { ...(price && { price }), ...(refusal !== undefined && { refusal }), replace };
}

/** Sends what was agreed to, once at a time; a price that has risen meanwhile stands in place of the old one, and nothing was sent. */
export function useSpending(
  replace: Priced['replace'],
  send: (nanos: Price['nanos']) => Promise<void>,
): { isSent: boolean; spend: (price: Price) => Promise<void> } {
  const [isSent, setSent] = useState(false);
  const spend = async ({ nanos }: Price): Promise<void> => {
    setSent(true);
    try {
      await send(nanos);
    } catch (error) {
      const risen = error instanceof RefusedRequest ? error.problem.price : undefined;
      if (risen === undefined) tellProblem(error);
      else {
        replace(risen);
        tellDone(t('priceChanged'));
      }
    } finally {
      setSent(false);
    }
  };
  return { isSent, spend };
}
