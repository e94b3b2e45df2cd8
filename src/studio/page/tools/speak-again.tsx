/** Speaking a line again: the price stands on the button. */
import { useState } from 'preact/hooks';
import type { PriceRequest } from '../../requests.ts';
import type { Line, Price } from '../../shapes.ts';
import { Button } from '../parts/button.tsx';
import { Icon } from '../parts/icon.tsx';
import { priceOf, retake } from '../state/decide.ts';
import { setTool } from '../state/open.ts';
import { book } from '../state/studio.ts';
import { priceText } from '../text/server-words.ts';
import { t } from '../words/words.ts';
import { usePrice, useSpending } from './use-price.ts';

/** How many takes can be asked for at once. */
const NUMBERS = [1, 2, 3, 5];

/** The form. */
export function SpeakAgain({ line }: { line: Line }) {
  const [many, setMany] = useState(3);
  return (
    <>
      <fieldset class="choice">
        <legend>{t('howManyTakes')}</legend>
        {NUMBERS.map((number) => (
          <label key={number}>
            <input type="radio" name="takes" checked={many === number} onChange={() => setMany(number)} />
            <span>{number}</span>
          </label>
        ))}
      </fieldset>
      <Pay line={line} request={{ takes: many }} onPaid={() => setTool(undefined)} />
    </>
  );
}

/** The way from "edited, not spoken yet" to its sound. */
export function SpeakNow({ line }: { line: Line }) {
  return (
    <div class="speak-now">
      <Icon name="edit" />
      <strong>{t('editedNotSpoken')}</strong>
      <Pay line={line} request={{ takes: 1 }} isNow />
    </div>
  );
}

interface PayProps {
  line: Line;
  request: PriceRequest & { takes: number };
  isNow?: boolean;
  onPaid?: () => void;
}

/** The button that says its price and spends it. */
function Pay({ line, request, isNow = false, onPaid }: PayProps) {
  const of = `${line.id} ${line.say ?? line.text} ${book.value?.version} ${JSON.stringify(request)}`;
  const { price, refusal, replace } = usePrice(of, () => priceOf(line.number, request));
  const { isSent, spend } = useSpending(replace, async (nanos) => {
    await retake(line, request, nanos);
    onPaid?.();
  });
  if (refusal !== undefined) return <p class="reason bad">{refusal}</p>;
  if (price === undefined) return <p class="hint">{t('priceLoading')}</p>;
  return (
    <div ref={isNow ? null : focusButton}>
      <Button look="main" icon="again" disabled={isSent} onPress={() => void spend(price)}>
        {labelOf(price, request.takes, isNow)}
      </Button>
    </div>
  );
}

/** Who asked for takes by a key agrees with Enter. */
function focusButton(place: HTMLElement | null): void {
  place?.querySelector('button')?.focus();
}

function labelOf({ nanos, text }: Price, takes: number, isNow: boolean): string {
  if (isNow) return nanos === 0 ? t('speakNowFree') : t('speakNowFor', { price: priceText(text) });
  return nanos === 0 ? t('speakTakesFree', { n: takes }) : t('speakTakesFor', { n: takes, price: priceText(text) });
}
