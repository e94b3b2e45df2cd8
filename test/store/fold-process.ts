/**
 * Folds the ledger of spending in a process of its own, to be killed: `fold-process.ts STORE TITLE AUTHOR [stop]`. With `stop` it
 * stands still half way, when the files are read and nothing is written; says `half` before that.
 */
import { readConfig, silenceSdkNotice } from '../../src/config/config.ts';
import { openStore } from '../../src/store/open.ts';
import { foldSpending } from '../../src/store/spending/read-spending.ts';

const [place = '', title = '', author = '', stop] = process.argv.slice(2);
silenceSdkNotice();
const { journals } = await openStore(readConfig({ store: place }, process.env));
const halfFold: typeof journals.fold = (journal) =>
  journals.fold(journal, () => {
    process.stdout.write('half\n');
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    return [];
  });
// As if it were much later: every month is folded.
await foldSpending(
  { journals: stop === undefined ? journals : { ...journals, fold: halfFold } },
  { title, author },
  '2999-01',
);
