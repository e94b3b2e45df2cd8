/** The price of something, asked for while a form is open: nobody presses a button that does not say what it costs. */
import { useCallback, useEffect, useState } from 'preact/hooks';
import type { Price } from '../../shapes.ts';
import { detailOf } from '../state/notices.ts';
import { RefusedRequest } from '../state/request.ts';

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
