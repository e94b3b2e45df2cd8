import type { z } from 'zod';
import type { OwnEngine } from '../models/model.ts';
import { DEFAULT_MODEL, MODELS, modelOf } from '../models.ts';
import { type Context, fieldsOf } from './diagnostics/context.ts';
import type { Diagnostic } from './diagnostics/diagnostic.ts';
import { DiagnosticList } from './diagnostics/diagnostic-list.ts';
import type { Finding } from './diagnostics/finding.ts';
import { findingsOf, unknownChoice } from './diagnostics/issues.ts';
import { type Budget, parseBudget } from './fields/budget.ts';
import { readChapterHeads } from './fields/chapter-heads.ts';
import { readChapters } from './fields/chapters.ts';
import { readCharacters } from './fields/characters.ts';
import { readCredits, readRetailSample } from './fields/credits.ts';
import { readDisclosure } from './fields/disclosure.ts';
import { isThereIn, withNearestFields } from './fields/known-fields.ts';
import { isLanguageCode, languageByName } from './fields/language-by-name.ts';
import { readCustom } from './fields/mastering.ts';
import { readPauses } from './fields/pauses.ts';
import { publicationOf } from './fields/publication.ts';
import { readSpell } from './fields/spell.ts';
import { modelOfVoices } from './fields/voices.ts';
import { DEFAULT_FORMATS, type FileRef, type Manifest, OWN_ENGINES } from './manifest.ts';
import { pathProblem } from './paths.ts';
import { readPronunciations } from './pronunciation/pronunciations.ts';
import { bookSchema, manifestSchema, outputSchema } from './schema.ts';
import { decodeText } from './yaml/decode.ts';
import { hiddenWords } from './yaml/hidden-words.ts';
import { type Places, placesIn } from './yaml/places.ts';
import { lineIndex } from './yaml/position.ts';
import { readYaml } from './yaml/yaml.ts';

/** Largest manifest, in bytes. Longer texts belong in chapter files. */
export const MANIFEST_BYTES = 4 * 1024 * 1024;

/** The result: a manifest if there is no error, all diagnostics, and the text that they point into. */
export interface ManifestReading {
  manifest?: Manifest;
  /**
   * What could be read despite errors: enough to check the files too, never to make a book.
   * `speakers` includes invalid characters, so that their tags are not reported as unknown.
   */
  draft?: { manifest: Manifest; speakers: { name: string; aliases: string[] }[] };
  diagnostics: Diagnostic[];
  /** The manifest names no model, so `model` is the one that the caller gave. Absent: it names one. */
  modelIsUnnamed?: boolean;
  /** The decoded text without a byte order mark. Absent: the bytes are not text. */
  text?: string;
}

/**
 * Reads a manifest's bytes and reports all errors together. Never throws; bounds its time and memory for any input.
 * `file` is the name to print. `pathsMayLeave` (default false) allows absolute paths and paths out of the folder, for an
 * operator who permits other folders; the code that opens the files must then check them. `model` is used by a manifest
 * that names none; default: the one of its voices, otherwise the release's.
 */
export function parseManifest({
  file,
  bytes,
  pathsMayLeave = false,
  model: unnamedModel,
}: {
  file: string;
  bytes: Uint8Array;
  pathsMayLeave?: boolean;
  model?: string;
}): ManifestReading {
  if (bytes.length > MANIFEST_BYTES) return { diagnostics: [tooLarge({ file, byteLength: bytes.length })] };
  const decoded = decodeText({ file, bytes });
  if ('diagnostic' in decoded) return { diagnostics: [decoded.diagnostic] };
  const { text } = decoded;
  const lines = lineIndex(text);
  const { document, value, diagnostics } = readYaml({ file, text, lines });
  if (!document) return { diagnostics, text };
  if (value === null || value === undefined) return { diagnostics: [empty(file)], text };

  const parsed = manifestSchema.safeParse(value, { reportInput: true });
  const { meant, written } = parsed.success ? { meant: value } : withNearestFields(value);
  const places = placesIn(document, lines, written);
  const found = new DiagnosticList();
  found.add(...diagnostics, ...hiddenWords({ file, text, document, lines }));
  const note = (finding: Finding): void => {
    if (!found.isFull) found.add(diagnosticOf({ file, places, finding }));
  };
  if (!parsed.success) {
    // A misspelt field is one error: its right name is not missing as well.
    for (const finding of findingsOf(parsed.error.issues.filter((issue) => !isThereIn(meant, issue)))) note(finding);
  }
  const context = { text, places, pathsMayLeave, note };
  const read = readFields({
    value: meant,
    model: unnamedModel ?? modelOfVoices(voicesIn(meant)) ?? DEFAULT_MODEL,
    ...context,
  });
  const modelIsUnnamed = isUnnamed(fieldsOf(meant)['model']) && { modelIsUnnamed: true };
  if (!found.hasErrors) return { manifest: read, ...modelIsUnnamed, diagnostics: found.all, text };
  const speakers = speakersOf(meant);
  const draft = speakers.length > 0 && { draft: { manifest: read, speakers } };
  return { ...draft, ...modelIsUnnamed, diagnostics: found.all, text };
}

/** The diagnostic for a manifest larger than `MANIFEST_BYTES`; callers that know the size can use it before reading. */
export function tooLarge({ file, byteLength }: { file: string; byteLength: number }): Diagnostic {
  const megabytes = (byteLength / 1024 / 1024).toFixed(1);
  return {
    code: 'manifest-too-large',
    severity: 'error',
    file,
    message: `This manifest has ${megabytes} MB; the maximum is ${MANIFEST_BYTES / 1024 / 1024} MB.`,
    fix: 'Move the texts into chapter files and name them with "file: …".',
  };
}

function empty(file: string): Diagnostic {
  const fix = 'A manifest has "book:", "characters:" and "chapters:"; see manifests/ for examples.';
  return { code: 'empty-manifest', severity: 'error', file, message: 'This manifest is empty.', fix };
}

function diagnosticOf({ file, places, finding }: { file: string; places: Places; finding: Finding }): Diagnostic {
  const { path, on, severity = 'error', code, message, fix } = finding;
  return { code, severity, file, message, ...(fix && { fix }), ...places[on](path) };
}

/**
 * Reads each field by itself, so that one broken field does not hide errors in the others. Skips silently what the schema
 * refused. The result is complete only if nothing was reported.
 */
function readFields({ value, model: unnamed, ...context }: Context & { value: unknown; model: string }): Manifest {
  const raw = fieldsOf(value);
  const engine = OWN_ENGINES.find((name) => name === raw['engine']);
  const model = readModel({ raw: raw['model'], engine, unnamed, context });
  const book = bookSchema.safeParse(raw['book']).data;
  const rawBook = fieldsOf(raw['book']);
  const language = readLanguage({ raw: rawBook['language'], model, engine, context });
  const cover = readFileRef(rawBook['cover'], 'cover', context);
  const pronunciationFile = readFileRef(rawBook['pronunciationFile'], 'pronunciationFile', context);
  const pronunciations = readPronunciations({ raw: book?.pronunciations, path: ['book', 'pronunciations'], context });
  const characters = readCharacters(raw['characters'], { model: modelOf({ model, engine })!, language }, context);
  const chapters = readChapters(raw['chapters'], context);
  const output = outputSchema.safeParse(raw['output'] ?? {}).data;
  const facts = { title: book?.title ?? '', language, ...(book && creditFacts(book)) };
  const credits = readCredits(raw['credits'], { facts, characters, context });
  const retailSample = readRetailSample(raw['retailSample'], chapters, context);
  const pausesMs = readPauses(raw['pauses']);
  const custom = readCustom(output?.custom, pausesMs);
  const budget = readBudget(raw['budget'], context);
  const checks = manifestSchema.shape.checks.safeParse(raw['checks']).data;
  const disclosure = readDisclosure(raw['disclosure']);
  return {
    title: book?.title ?? '',
    ...(book?.author !== undefined && { author: book.author }),
    ...(book && tagFields(book)),
    ...(book && publicationOf(book)),
    language,
    ...(cover && { cover }),
    model,
    ...(engine !== undefined && { engine }),
    characters,
    chapters,
    words: pronunciations,
    ...readSpell(raw['spell'], context),
    ...readChapterHeads(raw['chapterHeads'], context),
    ...(pronunciationFile && { wordFile: pronunciationFile }),
    varyRepeats: book?.varyRepeats ?? false,
    pausesMs,
    formats: [...new Set(output?.formats ?? DEFAULT_FORMATS)],
    mastering: output?.mastering ?? 'acx',
    ...(custom && { custom }),
    subtitles: [...new Set(output?.subtitles ?? [])],
    captionUnit: output?.['subtitles-per'] ?? 'sentence',
    extras: [...new Set(output?.also ?? [])],
    ...(output?.lines && { lines: output.lines }),
    ...(credits && { credits }),
    ...(retailSample && { retailSample }),
    ...(disclosure && { disclosure }),
    requireConsent: raw['requireConsent'] === true,
    ...(budget && { budget }),
    ...(checks?.words && { checks: { words: checks.words } }),
  };
}

function creditFacts({ author, narrator }: z.infer<typeof bookSchema>): Pick<Manifest, 'author' | 'narrator'> {
  return { ...(author !== undefined && { author }), ...(narrator !== undefined && { narrator }) };
}

function tagFields({
  narrator,
  year,
  genre,
}: z.infer<typeof bookSchema>): Pick<Manifest, 'narrator' | 'year' | 'genre'> {
  return {
    ...(narrator !== undefined && { narrator }),
    ...(year !== undefined && { year }),
    ...(genre !== undefined && { genre }),
  };
}

/** What looks like the IDs of enrolled voices of the book's model. */
function voicesIn(value: unknown): string[] {
  return Object.values(fieldsOf(fieldsOf(value)['characters'])).flatMap((fields) => {
    const { voice, model } = fieldsOf(fields);
    return typeof voice === 'string' && model === undefined ? [voice] : [];
  });
}

function speakersOf(value: unknown): { name: string; aliases: string[] }[] {
  return Object.entries(fieldsOf(fieldsOf(value)['characters'])).map(([name, fields]) => {
    const aliases = fieldsOf(fields)['aliases'];
    return { name, aliases: Array.isArray(aliases) ? aliases.filter((alias) => typeof alias === 'string') : [] };
  });
}

function readModel(of: {
  raw: unknown;
  engine: OwnEngine | undefined;
  /** The model of a manifest that names none. */
  unnamed: string;
  context: Context;
}): string {
  const { raw, engine, unnamed, context } = of;
  const { note } = context;
  if (typeof raw !== 'string' || isUnnamed(raw)) {
    if (engine !== undefined) note({ path: ['engine'], on: 'key', code: 'missing-model', ...NO_MODEL });
    return unnamed;
  }
  const model = raw.trim();
  if (engine !== undefined) return model;
  if (Object.hasOwn(MODELS, model)) return model;
  note({
    path: ['model'],
    on: 'value',
    code: 'unknown-model',
    ...unknownChoice({ what: 'model', word: model, known: Object.keys(MODELS) }),
  });
  return unnamed;
}

function isUnnamed(raw: unknown): boolean {
  return typeof raw !== 'string' || raw.trim() === '';
}

const NO_MODEL = {
  message: 'Your own server can have any model, so the manifest must name it.',
  fix: 'Write "model: " with the name that GET /v1/models of the server lists, such as Qwen/Qwen3-TTS-12Hz-1.7B-Base.',
};

/** A code such as `nl` or `pt-br`; a server that has no word for it is told to find out by itself. */
const LANGUAGE_CODE = /^[a-z]{2,3}(-[a-z0-9]{2,8})*$/;

function readLanguage(of: { raw: unknown; model: string; engine: OwnEngine | undefined; context: Context }): string {
  const { raw, model, engine, context } = of;
  if (typeof raw !== 'string' || raw.trim() === '') return 'en';
  const language = raw.trim().toLowerCase();
  const known = Object.keys(modelOf({ model, engine })?.languages ?? {});
  if (known.includes(language) || (engine !== undefined && LANGUAGE_CODE.test(language))) return language;
  const byName = languageByName(raw.trim(), known);
  const list = `Choose one of: ${known.join(', ')}.`;
  const words = isLanguageCode(language) ? { fix: list } : unknownChoice({ what: 'language', word: raw, known });
  context.note({
    path: ['book', 'language'],
    on: 'value',
    code: 'unknown-language',
    message: `The model does not speak "${raw.slice(0, 40)}".`,
    fix: byName ? `Write "${byName}".` : (words.fix ?? ''),
  });
  return 'en';
}

function readBudget(raw: unknown, { note }: Context): Budget | undefined {
  if (raw === undefined) return undefined;
  const budget = parseBudget(raw);
  if (!('problem' in budget)) return budget;
  note({
    path: ['budget'],
    on: 'value',
    code: 'wrong-budget',
    message: budget.problem,
    fix: 'Write the most that a run may spend, or remove the line.',
  });
  return undefined;
}

function readFileRef(raw: unknown, field: string, { places, pathsMayLeave, note }: Context): FileRef | undefined {
  if (typeof raw !== 'string' || raw.trim() === '') return undefined;
  const path = ['book', field];
  const problem = pathProblem(raw.trim(), pathsMayLeave);
  if (problem) note({ path, on: 'value', ...problem });
  return { path: raw.trim(), at: places.value(path) };
}
