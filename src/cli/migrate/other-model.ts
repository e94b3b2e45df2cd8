/** The book as it is and as it would be with another model, or everything that is wrong with the change. Sends nothing. */
import type { Account } from '../../account.ts';
import { type Book, type BookReading, loadBook } from '../../book/load-book.ts';
import { modelChooser } from '../../composition/choose-model.ts';
import { furtherDiagnostics, withDiagnostics } from '../../composition/further-diagnostics.ts';
import { voiceDiagnostics } from '../../composition/voice-diagnostics.ts';
import type { Config } from '../../config/config.ts';
import { ConfigError } from '../../config/values.ts';
import { type Diagnostic, hasErrors } from '../../manifest/diagnostics/diagnostic.ts';
import { unknownChoice } from '../../manifest/diagnostics/issues.ts';
import { modelOfCharacter } from '../../manifest/fields/character-model.ts';
import { nameKey } from '../../manifest/fields/names.ts';
import type { Character } from '../../manifest/manifest.ts';
import { MODELS } from '../../models.ts';
import { listVoices } from '../../store/ledger.ts';
import type { Store } from '../../store/store.ts';
import { editedBytes } from './change-manifest.ts';

/** A change of the model. */
export interface OtherModel {
  before: { book: Book; bytes: Uint8Array };
  /** Equal bytes: the manifest says it already. */
  after: { book: Book; bytes: Uint8Array };
  /** Whose model changes, and which one they have now. */
  moved: { character: string; model: string }[];
  /** Whose own model stays, and which one it is. */
  others: { character: string; model: string }[];
  /** What the other model does worse, or that it ends. */
  warnings: Pick<BookReading, 'diagnostics' | 'sources'>;
}

type Refusal = { refused: Pick<BookReading, 'diagnostics' | 'sources'> };

/** Reads both. Throws `ConfigError` for an unknown model or character, and for a book that one's own server speaks. */
export async function readOtherModel(of: {
  manifest: string;
  model: string;
  character: string | undefined;
  config: Config;
  openStore: () => Promise<{ store: Store; account: Account }>;
  signal: AbortSignal;
}): Promise<OtherModel | Refusal> {
  const { manifest, config, signal } = of;
  const model = knownModel(of.model);
  let bytes: Uint8Array = Buffer.alloc(0);
  const keep = (read: Uint8Array): Uint8Array => {
    bytes = read;
    return read;
  };
  const modelFor = modelChooser(config);
  const now = await loadBook({ manifestPath: manifest, signal, modelFor, edit: keep });
  if (now.book === undefined) return { refused: now };
  const { book } = now;
  if (book.manifest.engine !== undefined) throw new ConfigError(ownServerMessage(manifest, model));
  const one = of.character === undefined ? undefined : characterOf(book, of.character);
  const isMoved = (each: Character): boolean => (one === undefined ? each.model === undefined : each.name === one.name);
  const named = (each: Character) => ({ character: each.name, model: modelOfCharacter(book.manifest, each).id });
  const { characters } = book.manifest;
  const moved = characters.filter((each) => isMoved(each) && named(each).model !== model);
  const stuck = await voicesOfOtherModels(moved, { book, model, openStore: of.openStore });
  if (stuck.length > 0) return { refused: { diagnostics: stuck, sources: now.sources } };
  const edited = editedBytes(bytes, { model, character: one?.name });
  if (edited === undefined) throw new ConfigError(notEditable(manifest, model, one?.name));
  const read = await loadBook({ manifestPath: manifest, signal, modelFor, edit: () => edited });
  const then = withDiagnostics(read, await furtherDiagnostics(read, { config, signal }));
  if (then.book === undefined) return { refused: then };
  const { store, account } = await of.openStore();
  const voices = await voiceDiagnostics(then.book, { config, account, store, signal });
  if (hasErrors(voices)) return { refused: { diagnostics: voices, sources: then.sources } };
  return {
    before: { book, bytes },
    after: { book: then.book, bytes: edited },
    moved: moved.map(named),
    others: characters.filter((each) => !isMoved(each) && each.model !== undefined).map(named),
    warnings: { ...then, diagnostics: then.diagnostics.filter(({ code }) => OF_MODELS.has(code)) },
  };
}

/** Warnings that follow from the model; `check` shows all others, before and after. */
const OF_MODELS: ReadonlySet<string> = new Set(['model-ends', 'direction-ignored']);

/** Speaks with stock or described voices alone, by its name. */
const CLONES_NOTHING = /custom-?voice|voice-?design|-vd-|^qwen[\d.]*-tts(-flash|-realtime|-instruct|$)/i;

function knownModel(model: string): string {
  if (Object.hasOwn(MODELS, model)) return model;
  const { message, fix } = unknownChoice({ what: 'model', word: model, known: Object.keys(MODELS) });
  const why = CLONES_NOTHING.test(model) ? ' By its name it does not clone voices, which a book needs.' : '';
  throw new ConfigError(`--model: ${message}${why} ${fix} Nothing was sent.`);
}

function characterOf({ manifest: { characters } }: Book, name: string): Character {
  const key = nameKey(name);
  const found = characters.find((each) => [each.name, ...each.aliases].some((its) => nameKey(its) === key));
  if (found !== undefined) return found;
  const known = characters.map((each) => each.name);
  const { message, fix } = unknownChoice({ what: 'character', word: name, known });
  throw new ConfigError(`--character: ${message} ${fix} Nothing was sent.`);
}

/** An enrolled voice works with one model. Whoever changes the model needs the recording that it was cloned from. */
async function voicesOfOtherModels(
  moved: readonly Character[],
  of: { book: Book; model: string; openStore: () => Promise<{ store: Store; account: Account }> },
): Promise<Diagnostic[]> {
  const { book, model } = of;
  if (moved.every(({ source }) => source.kind !== 'voice')) return [];
  const { store, account } = await of.openStore();
  const ledger = new Map((await listVoices(store, account.id)).map((voice) => [voice.voiceId, voice.model]));
  return moved.flatMap((character): Diagnostic[] => {
    const { name, source } = character;
    if (source.kind !== 'voice' || ledger.get(source.voiceId) === model) return [];
    const its = modelOfCharacter(book.manifest, character).id;
    const path = `voices/${name.replace(/[^\p{L}\p{N}]+/gu, '-').toLowerCase()}.wav`;
    return [
      {
        code: 'voice-of-other-model',
        severity: 'error',
        file: book.manifestPath,
        message: `"${name}" has a voice of ${its}, which ${model} cannot speak with.`,
        fix: `Save the recording that it was cloned from as ${path} beside the manifest and write "sample: ${path}" instead of "voice: …". To keep this voice, write "model: ${its}" beside it; the other characters can then change.`,
        ...source.at,
      },
    ];
  });
}

function notEditable(manifest: string, model: string, character: string | undefined): string {
  const where = character === undefined ? 'at its top' : `below "${character}"`;
  return `The place of "model:" in ${manifest} cannot be changed without touching more of the file (a reference, a block of text, or brackets). Nothing was sent. Write "model: ${model}" ${where} yourself; \`pipeline plan\` shows what changes then.`;
}

function ownServerMessage(manifest: string, model: string): string {
  return `${manifest} is spoken by your own server ("engine: openai-speech"), whose models this command does not know. Nothing was sent. Change "model:" in the manifest, or remove "engine:" and write "model: ${model}"; \`pipeline plan\` shows what changes then.`;
}
