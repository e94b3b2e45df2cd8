/** `pipeline voices delete` and `prune`. */
import { ConfigError } from '../../config/values.ts';
import { PipelineError } from '../../errors.ts';
import { deleteVoiceUse, forgetVoice } from '../../store/ledger.ts';
import { EXIT } from '../command-line/exit-codes.ts';
import { confirm } from '../screen/confirm.ts';
import { counted, plain } from '../screen/format.ts';
import { openTerminal, type Terminal } from '../screen/terminal.ts';
import { allVoices, type KnownVoice, type VoicesContext, type VoicesFlags, withVoicesContext } from './context.ts';
import { asJson } from './list.ts';

const DAY_MS = 24 * 60 * 60 * 1_000;

/** Deletes the named voices at the service and in the ledger. Exit code 2 when one is unknown; nothing is deleted then. */
export async function voicesDeleteCommand(ids: readonly string[], flags: VoicesFlags): Promise<number> {
  const terminal = openTerminal();
  return withVoicesContext(flags, terminal, async (opened) => {
    const all = new Map((await allVoices(opened)).map((voice) => [voice.voiceId, voice]));
    const wanted = [...new Set(ids)];
    const unknown = wanted.filter((id) => !all.has(id));
    if (unknown.length > 0) {
      throw new ConfigError(
        `Neither the service nor the ledger has ${unknown.map(plain).join(', ')}. Nothing was deleted. To list all voices: pipeline voices list`,
      );
    }
    return remove(
      wanted.map((id) => all.get(id)!),
      { opened, terminal, flags },
    );
  });
}

/** What `prune` deletes. */
export interface PruneFlags extends VoicesFlags {
  /** Days without a take. */
  unusedDays: number;
  /** Also delete voices at the service that the ledger does not know. */
  orphans?: boolean;
}

/**
 * Deletes our voices that have long been unused, and lost ones from the ledger; orphans only on request, because other stores
 * may have made them.
 */
export async function voicesPruneCommand(flags: PruneFlags): Promise<number> {
  const terminal = openTerminal();
  return withVoicesContext(flags, terminal, async (opened) => {
    const before = new Date(Date.now() - flags.unusedDays * DAY_MS).toISOString().slice(0, 10);
    const isUnused = (voice: KnownVoice) => (voice.lastUsedOn ?? voice.createdAt.slice(0, 10)) <= before;
    const going = (await allVoices(opened)).filter((voice) =>
      voice.state === 'lost'
        ? true
        : voice.state === 'orphan'
          ? flags.orphans === true && isUnused(voice)
          : isUnused(voice),
    );
    return remove(going, { opened, terminal, flags });
  });
}

async function remove(
  voices: readonly KnownVoice[],
  { opened, terminal, flags }: { opened: VoicesContext; terminal: Terminal; flags: VoicesFlags },
): Promise<number> {
  const print = (line: string): void => {
    if (!flags.json) terminal.out(line);
  };
  const removed: KnownVoice[] = [];
  if (voices.length === 0) print('Nothing to delete.');
  else {
    for (const voice of voices) print(`  ${describe(voice)}`);
    const question = `Delete ${counted(voices.length, 'voice')} permanently? A book that needs one enrolls it again.`;
    if (await confirm(question, { yes: flags.yes === true, signal: opened.signal })) {
      for (const voice of voices) removed.push(await removeOne(voice, opened));
      print(`${counted(removed.length, 'voice')} deleted.`);
    } else {
      print('Nothing was deleted.');
    }
  }
  if (flags.json) terminal.raw(JSON.stringify({ type: 'voices.deleted', voices: removed.map(asJson) }));
  return EXIT.ok;
}

/** At the service first: a voice that is still there but not in the ledger could not be found by its name. */
async function removeOne(voice: KnownVoice, { store, account, enrolment, signal }: VoicesContext): Promise<KnownVoice> {
  if (voice.state !== 'lost') {
    await enrolment.delete(voice.voiceId, { signal }).catch((error: unknown) => {
      // Deleted in the meantime.
      if (!(error instanceof PipelineError) || error.code !== 'voice-not-found') throw error;
    });
  }
  if (voice.record !== undefined) await forgetVoice(store, { ...voice.record, account: account.id });
  await deleteVoiceUse(store, voice.voiceId, account.id);
  return voice;
}

function describe({ voiceId, state, lastUsedOn, characters }: KnownVoice): string {
  const who = characters.length === 0 ? '' : `, ${characters.join(', ')}`;
  return plain(
    `${voiceId} (${state}${who}, ${lastUsedOn === undefined ? 'never used here' : `last used ${lastUsedOn}`})`,
  );
}
