/** `pipeline voices list`: the service's voices and the ledger's, side by side. */
import { EXIT } from '../command-line/exit-codes.ts';
import { counted, openTerminal, pad, plain } from '../screen/terminal.ts';
import { allVoices, type KnownVoice, type VoicesFlags, withVoicesContext } from './context.ts';

/** Exit code 0; 3 when the service can not be reached. */
export async function voicesListCommand(flags: VoicesFlags): Promise<number> {
  const terminal = openTerminal();
  return withVoicesContext({ ...flags, reads: true }, terminal, async (desk) => {
    const voices = await allVoices(desk);
    if (flags.json) {
      terminal.out(JSON.stringify({ type: 'voices', voices: voices.map(asJson) }));
      return EXIT.ok;
    }
    const rows = [['voice', 'state', 'model', 'made', 'last use', 'characters'], ...voices.map(rowOf)];
    const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
    for (const [index, row] of rows.entries()) {
      const line = row.map((cell, column) => pad(cell, widths[column]!)).join('  ');
      if (voices.length > 0) terminal.out(index === 0 ? terminal.paint('dim', line.trimEnd()) : line.trimEnd());
    }
    terminal.out(summary(voices));
    return EXIT.ok;
  });
}

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
  if (of('orphan') > 0) parts.push(`${of('orphan')} of them not in this ledger (orphan)`);
  if (of('lost') > 0) parts.push(`${of('lost')} in the ledger only (lost: enrolled again when needed)`);
  return `${parts.join(', ')}.`;
}
