/** `pipeline voices enroll` and `adopt`: a voice for a recording, cloned now or already at the service. */
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { enroll } from '../../../jobs/enroll.ts';
import { sniffMediaType } from '../../book/media-type.ts';
import { isOwnOnly } from '../../composition/own-server.ts';
import { tariffOf } from '../../composition/prices-and-budget.ts';
import { readConfig } from '../../config/config.ts';
import { readNamedFile } from '../../config/named-file.ts';
import { ConfigError } from '../../config/values.ts';
import { interrupted, PipelineError, systemCode } from '../../errors.ts';
import { DEFAULT_MODEL, MODELS } from '../../models.ts';
import { preferredName, voiceKey } from '../../plan/keys.ts';
import type { EnrollStep } from '../../plan/step.ts';
import { dropIntent, findVoice, putVoice } from '../../store/ledger.ts';
import { EXIT } from '../command-line/exit-codes.ts';
import { plain } from '../screen/format.ts';
import { openTerminal } from '../screen/terminal.ts';
import { type VoicesContext, type VoicesFlags, withVoicesContext } from './context.ts';
import { keepsNoVoices } from './own-server.ts';

/** How to clone the recording; if the manifest differs, its character gets a voice of its own. */
export interface SampleFlags extends VoicesFlags {
  model?: string;
  transcript?: string;
  /** Name of the character, for lists. */
  name?: string;
}

/** Longest recording that is read, in bytes; the same as for a manifest's samples. */
const MOST_SAMPLE_BYTES = 50 * 1024 * 1024;

/** Clones a recording unless the ledger has its voice, and prints the voice's ID. */
export async function voicesEnrollCommand(file: string, flags: SampleFlags): Promise<number> {
  const terminal = openTerminal();
  // Before a model of one's own server is called unknown.
  if (isOwnOnly(readConfig(flags))) throw keepsNoVoices();
  const model = knownModel(flags.model);
  const bytes = await readSample(file);
  return withVoicesContext(flags, terminal, async (opened) => {
    if (opened.config.requireConsent) {
      throw new ConfigError(
        'PIPELINE_REQUIRE_CONSENT is set, and a single recording has no consent. Enroll it with a manifest that has "consent:" for its character.',
      );
    }
    const step = await stepFor({ file, bytes, model, flags, opened });
    const { currency, enrolmentNanos } = await tariffOf(opened.config, MODELS[model]!);
    const { realm } = opened.account;
    const context = { ...opened.context, payer: { currency, enrolmentNanos, realm } };
    const { outcome, notes = [] } = await patiently(opened.signal, () =>
      enroll(step, { signal: opened.signal, attempt: 1 }, context),
    );
    const voice = await findVoice(opened.store, step.key, opened.account.id);
    if (voice === undefined) throw new Error('Internal error: a voice that was just enrolled is not in the ledger.');
    if (flags.json) {
      terminal.raw(JSON.stringify({ type: 'voice', voice: voice.voiceId, model, outcome, notes }));
      return EXIT.ok;
    }
    for (const note of notes) terminal.out(plain(note));
    terminal.out(
      `${plain(voice.voiceId)}  ${{ made: 'enrolled', adopted: 'found at the service', reused: 'already enrolled' }[outcome]}`,
    );
    return EXIT.ok;
  });
}

/** Records that a voice at the service is the voice of a recording, so that books with it need not clone it. */
export async function voicesAdoptCommand(voiceId: string, file: string, flags: SampleFlags): Promise<number> {
  const terminal = openTerminal();
  const bytes = await readSample(file);
  return withVoicesContext(flags, terminal, async (opened) => {
    const listed = (await opened.enrolment.listAll({ signal: opened.signal })).find(
      (voice) => voice.voiceId === voiceId,
    );
    if (listed === undefined) {
      throw new ConfigError(
        `The service has no voice ${plain(voiceId)} on this account. To list its voices: pipeline voices list`,
      );
    }
    if (flags.model !== undefined && flags.model !== listed.model) {
      throw new ConfigError(
        `${plain(voiceId)} was enrolled for ${plain(listed.model)} and works with no other model, such as ${plain(flags.model)}. Omit --model.`,
      );
    }
    const step = await stepFor({ file, bytes, model: listed.model, flags, opened });
    const before = await findVoice(opened.store, step.key, opened.account.id);
    await putVoice(opened.store, {
      key: step.key,
      account: opened.account.id,
      voiceId,
      model: listed.model,
      preferredName: step.preferredName,
      characters: step.characters,
      simulated: opened.config.simulate,
      enrolledAt: new Date().toISOString(),
    });
    await dropIntent(opened.store, step.key, opened.account.id);
    const replaced = before !== undefined && before.voiceId !== voiceId ? before.voiceId : null;
    if (flags.json) {
      terminal.out(
        JSON.stringify({ type: 'voice', voice: voiceId, model: listed.model, outcome: 'adopted', replaced }),
      );
    } else {
      terminal.out(`${plain(voiceId)} is now the voice of ${plain(basename(file))} for ${plain(listed.model)}.`);
      if (replaced !== null) terminal.out(`It replaces ${plain(replaced)}, which is still at the service.`);
    }
    return EXIT.ok;
  });
}

/** The ID of a known model; throws `ConfigError` that lists them. */
export function knownModel(id = DEFAULT_MODEL): string {
  if (Object.hasOwn(MODELS, id)) return id;
  throw new ConfigError(`There is no model "${plain(id)}". Use one of ${Object.keys(MODELS).join(', ')}.`);
}

/** The file's bytes; throws `ConfigError` when it cannot be read or is far too big. */
export async function readSample(file: string): Promise<Buffer> {
  try {
    const { size } = await stat(file);
    if (size > MOST_SAMPLE_BYTES) {
      throw new ConfigError(`${plain(file)} has ${(size / 1e6).toFixed(0)} MB. Cut it to 10 to 20 seconds of speech.`);
    }
    return await readNamedFile(file);
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    throw new ConfigError(`${plain(file)} cannot be read (${systemCode(error)}).`);
  }
}

async function stepFor(of: {
  file: string;
  bytes: Buffer;
  model: string;
  flags: SampleFlags;
  opened: VoicesContext;
}): Promise<EnrollStep> {
  const { file, bytes, model, flags, opened } = of;
  const mediaType = sniffMediaType(bytes);
  if (mediaType === undefined || !mediaType.startsWith('audio/')) {
    throw new ConfigError(`${plain(file)} is not a recording. Use a WAV, MP3, M4A, FLAC or OGG file.`);
  }
  const { digest, byteLength } = await opened.store.putBlob(bytes);
  // Trimmed, as in a manifest.
  const transcript = flags.transcript?.trim() || undefined;
  const said = transcript === undefined ? {} : { transcript };
  const key = voiceKey({ sampleDigest: digest, model, ...said });
  return {
    kind: 'enroll',
    key,
    characters: [flags.name ?? basename(file).replace(/\.[^.]*$/, '')],
    model,
    preferredName: preferredName(key, MODELS[model]!.enrolment),
    sample: { digest, mediaType, byteLength },
    ...said,
  };
}

/** Wait before each try of a call, in milliseconds: no queue tries again here. */
const TRIES_MS = [0, 1_000, 3_000];

/** Tries again where that may help; each try looks at the service first, so no voice is made twice. */
async function patiently<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await work();
    } catch (error) {
      const mayHelp = error instanceof PipelineError && error.retry !== 'never';
      if (!mayHelp || tries >= TRIES_MS.length) throw error;
      const waitMs = typeof error.retry === 'object' ? error.retry.afterMs : TRIES_MS[tries]!;
      await sleep(waitMs, undefined, { signal }).catch(() => {
        throw interrupted('waiting to try again');
      });
    }
  }
}
