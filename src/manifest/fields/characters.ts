import type { Model } from '../../models/model.ts';
import { MODELS } from '../../models.ts';
import { type Context, fieldsOf } from '../diagnostics/context.ts';
import type { Finding } from '../diagnostics/finding.ts';
import type { Character, SampleRef, VoiceSource } from '../manifest.ts';
import { pathProblem } from '../paths.ts';
import { readPronunciations } from '../pronunciation/pronunciations.ts';
import { characterSchema } from '../schema.ts';
import type { FieldPath } from '../yaml/places.ts';
import { type BookSpeech, readOwnModel } from './character-model.ts';
import { MOST_CHARACTERS, nameKey, nameProblem } from './names.ts';
import { voiceIdProblem } from './voices.ts';

/** Reads the characters: their names and voices. Reports names that a tag could not tell apart. */
export function readCharacters(raw: unknown, book: BookSpeech, context: Context): Character[] {
  const entries = Object.entries(fieldsOf(raw));
  if (typeof raw === 'object' && raw !== null && !Array.isArray(raw)) checkCount(entries.length, context);
  const taken = new Map<string, string>();
  return entries.slice(0, MOST_CHARACTERS).flatMap(([name, fields]) => {
    const path = ['characters', name];
    claimName({ name, owner: name, path, on: 'key', taken, context });
    const character = characterSchema.safeParse(fields).data;
    if (!character) return [];
    const aliases = character.aliases ?? [];
    for (const [index, alias] of aliases.entries()) {
      claimName({ name: alias, owner: name, path: [...path, 'aliases', index], on: 'value', taken, context });
    }
    const own = readOwnModel(character.model, { path, book, context });
    const model = own === undefined ? book.model : (MODELS[own.id] ?? book.model);
    const source = readSource({ character, model, path, context });
    const words = readPronunciations({
      raw: character.pronunciations,
      path: [...path, 'pronunciations'],
      context,
    });
    const { consent } = character;
    if (consent && source?.kind === 'voice') noteUnusedConsent(path, context);
    const agreed = consent && {
      consent: {
        by: consent.by,
        on: consent.on,
        ...(consent.recording !== undefined && { recording: consent.recording }),
        ...(consent.scope !== undefined && { scope: consent.scope }),
        ...(consent.until !== undefined && { until: consent.until }),
      },
    };
    const chosen = own && { model: own };
    return source ? [{ name, aliases, source, ...chosen, words, ...agreed, at: context.places.key(path) }] : [];
  });
}

function noteUnusedConsent(path: FieldPath, { note }: Context): void {
  const message =
    'Consent applies to a cloned sample, but this voice was enrolled elsewhere. The report shows it; nothing checks it.';
  note({ path: [...path, 'consent'], on: 'key', code: 'consent-without-sample', message, severity: 'warning' });
}

function checkCount(count: number, { note }: Context): void {
  if (count === 0) {
    const fix = 'Add at least "narrator:" and its "sample: voices/narrator.wav".';
    note({ path: ['characters'], on: 'key', code: 'no-characters', message: 'There are no characters.', fix });
  }
  if (count > MOST_CHARACTERS) {
    const message = `There are ${count} characters; the maximum is ${MOST_CHARACTERS}.`;
    note({
      path: ['characters'],
      on: 'key',
      code: 'too-many',
      message,
      fix: 'Divide the book into several manifests.',
    });
  }
}

function claimName({
  name,
  owner,
  path,
  on,
  taken,
  context,
}: {
  name: string;
  owner: string;
  path: FieldPath;
  on: Finding['on'];
  taken: Map<string, string>;
  context: Context;
}): void {
  const problem = nameProblem(name);
  if (problem) {
    const message = `The name "${name.slice(0, 80)}" ${problem}.`;
    context.note({
      path,
      on,
      code: 'bad-name',
      message,
      fix: 'Choose another name; letters of any script, digits and spaces are allowed.',
    });
    return;
  }
  const key = nameKey(name);
  const other = taken.get(key);
  if (other !== undefined) {
    const message =
      other === owner ? `"${owner}" already has the name "${name}".` : `"${other}" also has the name "${name}".`;
    const fix = 'Give each character its own names; upper and lower case count as the same.';
    context.note({ path, on, code: 'name-taken', message, fix });
    return;
  }
  taken.set(key, owner);
}

function readSource({
  character,
  model,
  path,
  context,
}: {
  character: ReturnType<typeof characterSchema.parse>;
  model: Model;
  path: FieldPath;
  context: Context;
}): VoiceSource | undefined {
  const { sample, voice, transcript } = character;
  const name = path.at(-1);
  if (sample === undefined && voice === undefined) {
    const message = `"${name}" has no voice.`;
    const fix = 'Add "sample: voices/….wav" to clone a voice, or "voice: …" with the ID of an enrolled voice.';
    context.note({ path, on: 'key', code: 'no-voice', message, fix });
    return undefined;
  }
  if (sample !== undefined && voice !== undefined) {
    const message = `"${name}" has both a sample and a voice.`;
    context.note({ path: [...path, 'voice'], on: 'key', code: 'two-voices', message, fix: 'Keep one of the two.' });
    return undefined;
  }
  if (voice !== undefined) return readVoice({ voice, model, transcript, path, context });
  const ref = readSample({ sample: sample!, path: [...path, 'sample'], context });
  return { kind: 'sample', ref, ...(transcript !== undefined && { transcript }) };
}

function readVoice({
  voice,
  model,
  transcript,
  path,
  context,
}: {
  voice: string;
  model: Model;
  transcript: string | undefined;
  path: FieldPath;
  context: Context;
}): VoiceSource {
  const problem = voiceIdProblem(voice, model);
  if (problem) context.note({ path: [...path, 'voice'], on: 'value', ...problem });
  if (transcript !== undefined) {
    const message = 'A transcript belongs to a sample; an enrolled voice needs none.';
    context.note({
      path: [...path, 'transcript'],
      on: 'key',
      code: 'unused-field',
      message,
      fix: 'Remove it.',
      severity: 'warning',
    });
  }
  return { kind: 'voice', voiceId: voice, at: context.places.value([...path, 'voice']) };
}

function readSample({ sample, path, context }: { sample: string; path: FieldPath; context: Context }): SampleRef {
  const at = context.places.value(path);
  if (!/^[a-z][a-z0-9+.-]+:\/\//i.test(sample)) {
    const problem = pathProblem(sample, context.pathsMayLeave);
    if (problem) context.note({ path, on: 'value', ...problem });
    return { path: sample, at };
  }
  const problem = addressProblem(sample);
  if (problem) context.note({ path, on: 'value', code: 'bad-address', ...problem });
  return { url: sample, at };
}

function addressProblem(address: string): { message: string; fix: string } | undefined {
  if (!/^https:/i.test(address))
    return {
      message: 'A sample can only be downloaded over https.',
      fix: 'Write an https address, or a path relative to the manifest.',
    };
  if (!URL.canParse(address) || /\s/.test(address))
    return { message: 'This is not a valid address.', fix: 'Copy the address from the browser again.' };
  const { username, password } = new URL(address);
  if (username === '' && password === '') return undefined;
  return {
    message: 'This address contains a user name or password.',
    fix: 'Use an address without them, or save the recording next to the manifest.',
  };
}
