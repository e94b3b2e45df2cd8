/** `pipeline voices list`: the service's voices and the ledger's, side by side. */

import { isOwnOnly } from '../../composition/own-server.ts';
import { readConfig } from '../../config/config.ts';
import { EXIT } from '../command-line/exit-codes.ts';
import { counted, plain } from '../screen/format.ts';
import { type Column, tableLines } from '../screen/table.ts';
import { openTerminal } from '../screen/terminal.ts';
import { allVoices, type KnownVoice, type VoicesFlags, withVoicesContext } from './context.ts';
import { listOwnVoices } from './own-server.ts';

/** Exit code 0; 3 when the service cannot be reached. */
export async function voicesListCommand(flags: VoicesFlags): Promise<number> {
  const terminal = openTerminal();
  const config = readConfig(flags);
  if (isOwnOnly(config)) return listOwnVoices(config, terminal, flags.json ?? false);
  return withVoicesContext({ ...flags, reads: true }, terminal, async (opened) => {
    const voices = await allVoices(opened);
    if (flags.json) {
      terminal.raw(JSON.stringify({ type: 'voices', voices: voices.map(asJson) }));
      return EXIT.ok;
    }
    const { columns: width, paint } = terminal;
    const rows = voices.map(rowOf);
    if (rows.length > 0)
      for (const line of tableLines({
        columns: COLUMNS,
        rows,
        width,
        indent: 0,
        paintHead: (text) => paint('dim', text),
      }))
        terminal.out(line);
    terminal.out(summary(voices));
    return EXIT.ok;
  });
}

const COLUMNS: readonly Column[] = [
  { head: 'voice' },
  { head: 'state' },
  { head: 'model' },
  { head: 'made' },
  { head: 'last use' },
  { head: 'characters', narrow: { how: 'wrap', least: 12 } },
];

/** One voice as `--json` prints it. */
export function asJson({ voiceId, state, model, createdAt, lastUsedOn, characters }: KnownVoice): object {
  return { voice: voiceId, state, model, createdAt, lastUsedOn: lastUsedOn ?? null, characters };
}

function rowOf({ voiceId, state, model, createdAt, lastUsedOn, characters }: KnownVoice): string[] {
  return [voiceId, state, model, createdAt.slice(0, 10), lastUsedOn ?? 'never', characters.join(', ')].map(plain);
}

function summary(voices: readonly KnownVoice[]): string {
  const of = (state: KnownVoice['state']): number => voices.filter((voice) => voice.state === state).length;
  const parts = [`${counted(of('ours') + of('orphan'), 'voice')} at the service`];
  if (of('orphan') > 0) parts.push(`${of('orphan')} of them unknown to this ledger (orphan)`);
  if (of('lost') > 0) parts.push(`${of('lost')} only in the ledger (lost; enrolled again when needed)`);
  return `${parts.join(', ')}.`;
}
