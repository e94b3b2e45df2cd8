/** Readers of the groups `credits` and `retailSample`. */
import type { z } from 'zod';
import type { Context } from '../diagnostics/context.ts';
import { unknownChoice } from '../diagnostics/issues.ts';
import type { Credits, RetailSampleRequest } from '../manifest.ts';
import { type CreditFacts, creditWords } from './credit-words.ts';
import { creditsSchema, retailSampleFieldsSchema } from './credits-schema.ts';
import { clonedVoicesSentence } from './disclosure-words.ts';
import { NARRATOR, nameKey, perhapsNarrator } from './names.ts';

/** Default length of a retail sample; shops accept 1 to 5 minutes (ACX: help.acx.com 201456300). */
const SAMPLE_SECONDS = 180;

/** Reads the credits; their speaker must be one of the characters. */
export function readCredits(
  raw: unknown,
  { facts, characters, context }: { facts: CreditFacts; characters: readonly Speaker[]; context: Context },
): Credits | undefined {
  const wanted = creditsSchema.safeParse(raw ?? {}).data;
  if (wanted === undefined) return undefined;
  const disclosure = disclosureOf(wanted.disclosure);
  const says = disclosure !== undefined && 'words' in disclosure ? disclosure.words : undefined;
  if (!wanted.opening && !wanted.closing && says === undefined) return disclosure && { disclosure };
  const speaker = speakerOf(wanted.speaker, characters, context);
  if (speaker === undefined) return undefined;
  const usual = creditWords(facts);
  const sentence = says === true ? clonedVoicesSentence(facts.language) : says;
  const credits: Credits = { ...(disclosure && { disclosure }) };
  for (const which of ['opening', 'closing'] as const) {
    const asked = wanted[which];
    const also = which === 'opening' && sentence !== undefined ? [sentence] : [];
    const isAsked = asked !== undefined && asked !== false;
    if (!isAsked && also.length === 0) continue;
    const words = [...(isAsked ? [asked === true ? usual[which] : asked] : []), ...also].join('\n\n');
    const at = context.places.value(['credits', isAsked ? which : 'disclosure']);
    credits[which] = { text: words, speaker, at };
    if (/[\p{L}\p{N}]/u.test(words)) continue;
    const message = `"${which}" has no words to speak.`;
    const fix = 'Write a text with words in it, or true for the default text.';
    context.note({ path: ['credits', which], on: 'value', code: 'empty-chapter', message, fix });
  }
  return credits;
}

function disclosureOf(wanted: z.infer<typeof creditsSchema>['disclosure']): Credits['disclosure'] {
  if (wanted === undefined) return undefined;
  return typeof wanted === 'object' ? wanted : { words: wanted };
}

/** Reads `retailSample`; its chapter must be one of the book's. */
export function readRetailSample(
  raw: unknown,
  chapters: readonly { number: number; title: string }[],
  context: Context,
): RetailSampleRequest | undefined {
  if (raw === undefined || raw === false || raw === null) return undefined;
  const asked = retailSampleFieldsSchema.safeParse(raw === true ? {} : raw).data;
  const [first] = chapters;
  if (asked === undefined || first === undefined) return undefined;
  const { chapter, from, seconds = SAMPLE_SECONDS } = asked;
  const found = chapter === undefined ? first : chapters.find(({ title }) => nameKey(title) === nameKey(chapter));
  if (found === undefined) {
    const known = chapters.slice(0, 20).map(({ title }) => title);
    const words = unknownChoice({ what: 'chapter', word: chapter ?? '', known });
    context.note({ path: ['retailSample', 'chapter'], on: 'value', code: 'unknown-chapter', ...words });
    return undefined;
  }
  const at = context.places.key(['retailSample']);
  return { chapter: found.number, ...(from !== undefined && { from }), seconds, at };
}

interface Speaker {
  name: string;
  aliases: readonly string[];
}

function speakerOf(wanted: string | undefined, characters: readonly Speaker[], context: Context): string | undefined {
  const key = nameKey(wanted ?? NARRATOR);
  const found = characters.find(({ name, aliases }) => [name, ...aliases].some((known) => nameKey(known) === key));
  if (found !== undefined) return found.name;
  const known = characters.map(({ name }) => name);
  // A manifest without characters is reported elsewhere.
  if (known.length === 0) return undefined;
  if (wanted === undefined) {
    const message = 'The credits have no speaker: there is no narrator.';
    const fix = `${perhapsNarrator(known)}Name a character: "speaker: ${known[0]}".`;
    context.note({ path: ['credits'], on: 'key', code: 'no-narrator', message, fix });
    return undefined;
  }
  const words = unknownChoice({ what: 'character', word: wanted, known });
  context.note({ path: ['credits', 'speaker'], on: 'value', code: 'unknown-speaker', ...words });
  return undefined;
}
