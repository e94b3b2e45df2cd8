/** A list of keys, each with what it does. */
import { type TextName, t } from '../words/words.ts';
import { Dialog } from './dialog.tsx';

/** Keys that are pressed for one thing, or a range with `…` between its ends, and the text that says what they do. */
export type KeyList = readonly (readonly [keys: readonly string[], does: TextName])[];

/** The dialog. */
export function KeysDialog({ keys: list, onClose }: { keys: KeyList; onClose: () => void }) {
  return (
    <Dialog title={t('keys')} onClose={onClose}>
      <dl class="keys">
        {list.map(([keys, name]) => (
          <div key={name}>
            <dt>{keys.map((key) => (key === '…' ? <span key={key}>…</span> : <kbd key={key}>{key}</kbd>))}</dt>
            <dd>{t(name)}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
