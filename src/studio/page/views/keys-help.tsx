/** All keys. */
import { type KeyList, KeysDialog } from '../parts/keys-dialog.tsx';
import { route } from '../state/route.ts';

/** Keys and what they do, in the order in which one needs them. */
const KEYS: KeyList = [
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
const ATTRIBUTION_KEYS: KeyList = [
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
  return <KeysDialog keys={route.value.at === 'attributions' ? ATTRIBUTION_KEYS : KEYS} onClose={onClose} />;
}
