/** A character's own model: read from the manifest, and which model speaks whom. Pure. */
import type { Model } from '../../models/model.ts';
import { MODELS, modelOf } from '../../models.ts';
import type { Context } from '../diagnostics/context.ts';
import { unknownChoice } from '../diagnostics/issues.ts';
import type { Character, Manifest, OwnModel } from '../manifest.ts';
import type { FieldPath } from '../yaml/places.ts';

/** The book's model, and the language that every model of the book must speak. */
export interface BookSpeech {
  model: Model;
  language: string;
}

/** Reads the field `model` of a character; undefined when there is none, or when it was refused. */
export function readOwnModel(
  raw: string | undefined,
  { path, book, context }: { path: FieldPath; book: BookSpeech; context: Context },
): OwnModel | undefined {
  if (raw === undefined) return undefined;
  const name = String(path.at(-1));
  const at = [...path, 'model'];
  const refuse = (code: string, words: { message: string; fix?: string }): undefined => {
    context.note({ path: at, on: 'value', code, ...words });
  };
  if (book.model.engine === 'openai-speech') {
    if (raw === book.model.id) return undefined;
    const message = `Your own server speaks this book with ${book.model.id}, so "${name}" cannot have another model.`;
    const fix = 'Remove this line, or remove "engine:" and name a model of the service for the whole book.';
    return refuse('mixed-engines', { message, fix });
  }
  if (!Object.hasOwn(MODELS, raw))
    return refuse('unknown-model', unknownChoice({ what: 'model', word: raw, known: Object.keys(MODELS) }));
  const { languages } = MODELS[raw]!;
  if (!Object.hasOwn(languages, book.language)) {
    const message = `The model ${raw} of "${name}" does not speak the book's language, "${book.language}".`;
    const others = Object.values(MODELS).filter((model) => Object.hasOwn(model.languages, book.language));
    const known = others.map(({ id }) => id);
    return refuse('unknown-language', { message, fix: `Name a model that does: ${known.join(', ')}.` });
  }
  return { id: raw, at: context.places.value(at) };
}

/** The model that speaks a character: its own, otherwise the book's. */
export function modelOfCharacter(
  { model, engine }: Pick<Manifest, 'model' | 'engine'>,
  character: Pick<Character, 'model'> | undefined,
): Model {
  const id = character?.model?.id ?? model;
  const known = modelOf({ model: id, engine });
  if (known === undefined) throw new Error(`Internal error: model "${id}" passed the manifest check.`);
  return known;
}

/**
 * Every model that speaks one of these characters, with their names: the book's first, the others in the order of the
 * manifest. Default: all characters.
 */
export function modelsInUse(
  manifest: Pick<Manifest, 'model' | 'engine' | 'characters'>,
  speaks: (name: string) => boolean = () => true,
): { model: Model; characters: string[] }[] {
  const used = new Map<string, { model: Model; characters: string[] }>();
  for (const character of manifest.characters) {
    if (!speaks(character.name)) continue;
    const model = modelOfCharacter(manifest, character);
    const known = used.get(model.id) ?? { model, characters: [] };
    known.characters.push(character.name);
    used.set(model.id, known);
  }
  return [...used.values()].sort(
    (a, b) => Number(b.model.id === manifest.model) - Number(a.model.id === manifest.model),
  );
}

/** Whether a character has a model other than the book's. */
export function hasOwnModels({ model, characters }: Pick<Manifest, 'model' | 'characters'>): boolean {
  return characters.some((character) => character.model !== undefined && character.model.id !== model);
}
