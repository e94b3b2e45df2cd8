/** All keys of the page. */
import { Dialog } from '../parts/dialog.tsx';
import { type TextName, t } from '../words/words.ts';

const KEYS: readonly [readonly string[], TextName][] = [
  [['J', '↓'], 'keyNext'],
  [['K', '↑'], 'keyPrevious'],
  [['Space'], 'keyPlay'],
  [['←', '→'], 'keySeek'],
  [['[', ']'], 'keySlower'],
  [['1', '…', '9'], 'keyChoose'],
  [['Shift', '1'], 'keyHear'],
  [['C'], 'keyComment'],
  [['A'], 'keyApprove'],
  [['S'], 'handoutSave'],
  [['?'], 'keyHelp'],
  [['Esc'], 'keyClose'],
];

/** The dialog. */
export function HandoutKeys({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title={t('keys')} onClose={onClose}>
      <dl class="keys">
        {KEYS.map(([keys, name]) => (
          <div key={name}>
            <dt>
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{t(name)}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
