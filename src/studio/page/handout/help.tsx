/** All keys of the page. */
import { type KeyList, KeysDialog } from '../parts/keys-dialog.tsx';

const KEYS: KeyList = [
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
  return <KeysDialog keys={KEYS} onClose={onClose} />;
}
