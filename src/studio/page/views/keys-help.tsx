/** All keys. */
import { Dialog } from '../parts/dialog.tsx';
import { route } from '../state/route.ts';
import { type TextName, t } from '../words/words.ts';

/** Keys and what they do, in the order in which one needs them. */
const KEYS: readonly [readonly string[], TextName][] = [
  [['J', '↓'], 'keyNext'],
  [['K', '↑'], 'keyPrevious'],
  [['Space'], 'keyPlay'],
  [['←', '→'], 'keySeek'],
  [['[', ']'], 'keySlower'],
  [['L'], 'keyContext'],
  [['1', '…', '9'], 'keyChoose'],
  [['Shift', '1', '…', '9'], 'keyHear'],
  [['O'], 'keyOpen'],
  [['R'], 'keySpeak'],
  [['E'], 'keyEdit'],
  [['S'], 'keySay'],
  [['C'], 'keyComment'],
  [['A'], 'keyApprove'],
  [['B'], 'keyBack'],
  [['Ctrl', 'Z'], 'keyUndo'],
  [['N'], 'keyUnheard'],
  [['Q'], 'keyQueue'],
  [['?'], 'keyHelp'],
  [['Esc'], 'keyClose'],
];

/** In the attributions, these are others. */
const ATTRIBUTION_KEYS: readonly [readonly string[], TextName][] = [
  [['1', '…', '9'], 'keyName'],
  [['Shift', '1', '…', '9'], 'keyNameRun'],
  [['R'], 'keyFirstRun'],
  [['N'], 'keyNarrator'],
  [['/'], 'keyOtherName'],
  [['J', '↓'], 'keyNextOpen'],
  [['K', '↑'], 'keyPreviousOpen'],
  [['Z'], 'keyUndo'],
  [['?'], 'keyHelp'],
  [['Esc'], 'keyClose'],
];

/** The dialog. */
export function KeysHelp({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title={t('keys')} onClose={onClose}>
      <dl class="keys">
        {(route.value.at === 'attributions' ? ATTRIBUTION_KEYS : KEYS).map(([keys, name]) => (
          <div key={name}>
            <dt>{keys.map((key) => (key === '…' ? <span key={key}>…</span> : <kbd key={key}>{key}</kbd>))}</dt>
            <dd>{t(name)}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
