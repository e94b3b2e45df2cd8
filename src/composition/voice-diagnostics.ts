/** Errors and warnings on the voices of a book, as far as the store and the sound of its recordings tell; sends nothing. */

import type { Account } from '../account.ts';
import { findFfmpeg } from '../audio/ffmpeg/ffmpeg-binary.ts';
import { consentEndDiagnostics } from '../book/consent.ts';
import type { Book } from '../book/load-book.ts';
import { judgeSamples, sampleDiagnostics } from '../book/warnings/check-samples.ts';
import { voiceModelDiagnostics } from '../book/warnings/voice-models.ts';
import type { Config } from '../config/config.ts';
import type { Diagnostic } from '../manifest/diagnostics/diagnostic.ts';
import { castVoices } from '../plan/cast-voices.ts';
import type { Plan } from '../plan/plan.ts';
import type { EnrollStep } from '../plan/step.ts';
import { draftRun, planRun } from '../run/plan.ts';
import { listVoiceKeys } from '../store/ledger.ts';
import type { Store } from '../store/store.ts';

/** What the voices of a book are judged with. */
export interface VoiceCheck {
  config: Config;
  account: Account;
  /** Knows the voices, and keeps what was measured. Default: none, so every voice is to be enrolled. */
  store?: Store | undefined;
  /** The plan of the book, when it is known. */
  plan?: Plan;
  /** Longest time for recordings that nobody has measured, in milliseconds. Default: no limit. */
  withinMs?: number;
  signal?: AbortSignal | undefined;
}

/**
 * Errors for voices that were enrolled for another model and for recordings that the service would refuse; a warning for
 * recordings that could not be judged. A voice that exists is not judged, and neither is one that has nothing left to say.
 */
export async function voiceDiagnostics(book: Book, check: VoiceCheck): Promise<Diagnostic[]> {
  const { config, account, store, withinMs, signal } = check;
  const ofModels: Diagnostic[] =
    store === undefined ? [] : await voiceModelDiagnostics(book, { store, account: account.id });
  const missing = await missingVoices(book, check);
  if (missing.length === 0) return ofModels;
  const over = consentEndDiagnostics(book, { needed: missing, today: new Date() });
  if (over.length > 0) {
    const needed = await neededVoices(book, check);
    const steps = missing.filter(({ key }) => needed.has(key));
    ofModels.push(...consentEndDiagnostics(book, { needed: steps, today: new Date() }));
  }
  const judged = await judgeSamples(book, missing, {
    ...{ store, withinMs, signal },
    findFfmpeg: () =>
      findFfmpeg({ explicitPath: config.ffmpegPath, pathEnv: config.pathEnv, ...(signal && { signal }) }),
  });
  if (judged.refused.length + judged.unjudged.steps.length === 0) return ofModels;
  const needed = await neededVoices(book, check);
  return [
    ...ofModels,
    ...sampleDiagnostics(book, {
      refused: judged.refused.filter(({ step }) => needed.has(step.key)),
      unjudged: { ...judged.unjudged, steps: judged.unjudged.steps.filter(({ key }) => needed.has(key)) },
    }),
  ];
}

/** The voices of the cast that the account does not have. Without a key any account's voice counts. */
async function missingVoices(book: Book, { config, account, store }: VoiceCheck): Promise<EnrollStep[]> {
  const samples = new Map([...book.samples].map(([name, { asset }]) => [name, asset]));
  const { profile } = account;
  const cast = castVoices({ manifest: book.manifest, samples, ...(profile !== undefined && { profile }) });
  const steps = new Set([...cast.values()].flatMap((voice) => ('enrollment' in voice ? [voice.enrollment] : [])));
  if (steps.size === 0 || store === undefined) return [...steps];
  const isUnknown = config.apiKey === undefined && !config.simulate && book.manifest.engine === undefined;
  const known = await listVoiceKeys(store, isUnknown ? undefined : account.id);
  return [...steps].filter(({ key }) => !known.has(key));
}

/** Asked only when something is wrong: a plan of a long book costs more than the measurements. */
async function neededVoices(book: Book, { account, store, plan }: VoiceCheck): Promise<ReadonlySet<string>> {
  if (store === undefined) return new Set(draftRun({ book, account }).voices.map(({ key }) => key));
  const { voices } = plan ?? (await planRun({ book, store, account }));
  return new Set(voices.flatMap(({ step, need }) => (need === 'enroll' ? [step.key] : [])));
}
