/** Who says a quotation, as far as the words right beside it tell: a name, the narrator, or somebody without a name. Pure. */
import {
  englishNameAfter,
  englishNameBefore,
  englishNameOfNext,
  heardBefore,
  introduces,
  isIndirect,
  isOfAnother,
  isOfPronoun,
  otherOfNext,
  pronounBefore,
} from './english-sayers.ts';
import { type LettersPattern, lettersPattern } from './letters-pattern.ts';
import { NAME_SHAPES } from './name-shapes.ts';
import type { Sayer } from './sayer.ts';
import { NOT_NAMES, SAYING_VERBS, type SpeechLanguage } from './saying-verbs.ts';
import type { SpeechPart } from './speech-part.ts';
import { unspacedSayer } from './unspaced-sayers.ts';

/** The sayer of a part of a paragraph; undefined when nothing beside it tells. */
export function sayerOf(parts: readonly SpeechPart[], index: number, language: SpeechLanguage): Sayer | undefined {
  const speech = parts[index]!;
  const after = parts[index + 1];
  const before = parts[index - 1];
  const told = after && !after.isSpeech ? after.text : undefined;
  const led = before && !before.isSpeech ? before.text : undefined;
  const goesOn = before !== undefined && !before.isSpeech && goesOnAcross(parts[index - 2], speech);
  const leads =
    led !== undefined && !goesOn && (index === 1 || /[:：]\s*$/.test(led) || !isOf(parts[index - 2], led, language));
  if (language === 'zh' || language === 'ja' || language === 'ko')
    return unspacedSayer({ after: told, before: leads ? led : undefined, language });
  const shapes = SHAPES[language];
  const next = led === undefined || leads || goesOn || language !== 'en' ? undefined : sayerOfNext(shapes, led);
  if (next !== undefined) return next;
  // After “Milly said,” and a question, “Babs said” begins the next sentence.
  const isIntroduced =
    language === 'en' &&
    leads &&
    told !== undefined &&
    NEW_SENTENCE.test(told) &&
    ENDED.test(speech.text) &&
    introduces(led);
  return (
    (told === undefined || isIntroduced ? undefined : sayerAfter(shapes, { told, speech: speech.text, language })) ??
    (leads ? sayerBefore(shapes, led, language) : undefined)
  );
}

const NEW_SENTENCE = /^\s+\p{Lu}/u;
const ENDED = /[.!?…]["”’']?\s*$/;

/** “I hope,” said Oliver, when Mrs. Maylie returned, “that nothing is the matter?”: a sentence goes on with a small letter. */
function goesOnAcross(first: SpeechPart | undefined, second: SpeechPart): boolean {
  return first?.isSpeech === true && /[,;—–-]["”’']?\s*$/.test(first.text) && /^["“‘']?\s*\p{Ll}/u.test(second.text);
}

function sayerOfNext(shapes: Shapes, led: string): Sayer | undefined {
  const found = englishNameOfNext(led);
  const name = found === undefined ? undefined : nameOf(found, shapes, 'en');
  if (name !== undefined) return { kind: 'name', name };
  const other = otherOfNext(led);
  return other === undefined ? undefined : unnamedOf(other, shapes);
}

/** Whether told text belongs to the quotation before it. */
function isOf(before: SpeechPart | undefined, told: string, language: SpeechLanguage): boolean {
  if (before?.isSpeech !== true) return false;
  // “No.” Tom shook his head and said, “Never.”
  if (language === 'en' && ENDED.test(before.text) && /^\s+\p{Lu}.*[,:]\s*$/su.test(told)) return false;
  return !/(?<!(?:^|\s)(?:Mr|Mrs|Ms|Dr|St|Sr|Sra|M|Mme|Capt|Col|\p{Lu}))[.!?…]["”»]?\s.*[,:]\s*$/su.test(told);
}

/** Languages with spaces between words. */
type SpacedLanguage = keyof typeof NAME_SHAPES;

interface Shapes {
  verbName: LettersPattern;
  nameVerb: LettersPattern;
  leadingNameVerb: LettersPattern;
  leadingVerbName: LettersPattern;
  leadingNameAndVerb: LettersPattern;
  narrator: LettersPattern;
  leadingNarrator: LettersPattern;
  unnamed: LettersPattern;
  leadingUnnamed: LettersPattern;
  verbLast: RegExp;
  he: LettersPattern;
  she: LettersPattern;
  notName: LettersPattern;
}

function sayerAfter(
  shapes: Shapes,
  { told, speech, language }: { told: string; speech: string; language: SpeechLanguage },
): Sayer | undefined {
  // After a full stop, `Mara said` may begin the next sentence.
  const ended = /[.]["”»’']?\s*$/.test(speech) && !/^\s*[,—–-]/.test(told);
  if (language === 'en' && ENDED.test(speech) && isIndirect(told)) return undefined;
  if (shapes.narrator.test(told)) return { kind: 'narrator' };
  const found =
    shapes.verbName.exec(told)?.[1] ??
    (ended ? undefined : shapes.nameVerb.exec(told)?.[1]) ??
    (language === 'en' ? englishNameAfter(told, ended) : undefined);
  const name = found === undefined ? undefined : nameOf(found, shapes, language);
  if (name !== undefined) return { kind: 'name', name };
  if (ended && !/^\s*\p{Ll}/u.test(told)) return undefined;
  const unnamed = shapes.unnamed.exec(told)?.[0];
  return unnamed === undefined ? undefined : unnamedOf(unnamed, shapes);
}

function sayerBefore(shapes: Shapes, led: string, language: SpeechLanguage): Sayer | undefined {
  const heard = language === 'en' ? heardBefore(led) : undefined;
  if (heard !== undefined) {
    if (heard === '') return undefined;
    return /^\p{Lu}/u.test(heard)
      ? nameSayer(nameOf(heard, shapes, language))
      : (HEARD_AS[heard] ?? { kind: 'unnamed' });
  }
  const beside = language === 'en' ? englishNameBefore(led) : undefined;
  const known = beside === undefined ? undefined : nameOf(beside, shapes, language);
  if (known !== undefined) return { kind: 'name', name: known };
  if (!/[,:]\s*(?:[—–-]\s*)?$/.test(led)) return undefined;
  const end = led.slice(-260);
  if (shapes.leadingNarrator.test(end)) return { kind: 'narrator' };
  const isElse = language === 'en' && isOfPronoun(end);
  for (const shape of isElse ? [] : [shapes.leadingNameVerb, shapes.leadingVerbName, shapes.leadingNameAndVerb]) {
    const name = lastNameIn(end, shape, (found, match) =>
      language === 'en' && shape === shapes.leadingNameAndVerb && isOfAnother(match, found)
        ? undefined
        : nameOf(found, shapes, language),
    );
    if (name !== undefined) return { kind: 'name', name };
  }
  const pronoun = language === 'en' ? pronounBefore(end) : undefined;
  if (pronoun !== undefined) return { kind: 'unnamed', gender: pronoun === 'he' ? 'm' : 'f' };
  const unnamed = shapes.leadingUnnamed.exec(end)?.[0];
  return unnamed === undefined ? undefined : unnamedOf(unnamed, shapes);
}

const HEARD_AS: Readonly<Record<string, Sayer>> = {
  him: { kind: 'unnamed', gender: 'm' },
  himself: { kind: 'unnamed', gender: 'm' },
  his: { kind: 'unnamed', gender: 'm' },
  her: { kind: 'unnamed', gender: 'f' },
  herself: { kind: 'unnamed', gender: 'f' },
};

function nameSayer(name: string | undefined): Sayer | undefined {
  return name === undefined ? undefined : { kind: 'name', name };
}

/** `murmured Margaret, while Helen said,`: the name that is nearest to the quotation. */
function lastNameIn(
  text: string,
  shape: LettersPattern,
  nameOf: (found: string, match: string) => string | undefined,
): string | undefined {
  let last: string | undefined;
  for (let rest = text; ; ) {
    const match = shape.exec(rest);
    if (match === null) return last;
    last = nameOf(match[1]!, match[0]) ?? last;
    rest = rest.slice(match.index + match[0].indexOf(match[1]!) + match[1]!.length);
  }
}

const DESCRIPTION =
  /(?<![\p{L}])(?:[Tt]he|[Aa]n?|[Aa]nother|[Hh]is|[Hh]er|[Mm]y|[Tt]heir|[Oo]ur|[Oo]ne of)\s(?!\p{Lu})[\p{L}\s'’-]+$/u;

function unnamedOf(said: string, { he, she, verbLast }: Shapes): Sayer {
  const lower = said.toLowerCase();
  const [isHe, isShe] = [he.test(lower), she.test(lower)];
  const words = DESCRIPTION.exec(said.replace(verbLast, '').trim())?.[0];
  return {
    kind: 'unnamed',
    ...(isHe !== isShe && { gender: isHe ? ('m' as const) : ('f' as const) }),
    ...(words !== undefined && { words: shortened(words) }),
  };
}

/** Lenas Mutter: somebody else than Lena. */
const OF_KIN =
  /s\s(?:Mutter|Vater|Bruder|Schwester|Frau|Mann|Tochter|Sohn|Onkel|Tante|Freund|Freundin|Stimme|Großmutter|Großvater)$/;

/** `Then Grace`, `Alors Jean`: the first word only begins the sentence. */
function withoutFirst(name: string, notName: LettersPattern): string {
  const space = name.indexOf(' ');
  return space > 0 && notName.test(name.slice(0, space)) ? name.slice(space + 1) : name;
}

/** Names only beside another one: Lord Henry, Sir Hugh. */
const EXCLAIMED = /^(?:God|Heaven|Lord|Good|Madam|Sir|Ma['’]am|Miss|Mr|Mrs|Dr|Lady)$/;

/** `a gentleman in the white waistcoat with a smile` → `the gentleman in the white waistcoat`. */
function shortened(words: string): string {
  const [head = ''] = (words[0]!.toLowerCase() + words.slice(1)).split(
    /\s(?:with|at|as|who|when|from|to|on|for|by|after|before|while|and|\p{Ll}+ly|\p{Ll}+ing|again|then|in\s(?!the))(?![\p{L}])/u,
  );
  return head.replace(/^(?:an?|another)\s/, 'the ').trim();
}

function nameOf(found: string, { notName }: Shapes, language: SpeechLanguage): string | undefined {
  const name = withoutFirst(found.replace(/[,.]$/, '').trim(), notName);
  if (notName.test(name) || EXCLAIMED.test(name)) return undefined;
  if (language === 'de' && OF_KIN.test(name)) return undefined;
  // Ивану, Анне: the one who is spoken to.
  if (language === 'ru' && /[ую]$/u.test(name)) return undefined;
  // Денис Софье: she is spoken to.
  return language === 'ru' ? name.replace(/\s\p{Lu}\p{L}*[еую]$/u, '') : name;
}

function shapesOf(language: SpacedLanguage): Shapes {
  const verbs = `${language === 'fr' ? "(?:(?:lui|leur|me|nous|se|a|s[’'])\\s?)?" : ''}${language === 'ru' || language === 'es' || language === 'it' || language === 'pt' ? '(?:(?:ему|ей|им|мне|le|me|les|gli|mi|se|lhe)\\s)?' : ''}${SAYING_VERBS[language]}`;
  const shape = NAME_SHAPES[language];
  const { name, narrator, he, she, unnamed } = shape;
  const [article, adverb, between] = [
    `(?:${shape.article})`,
    `(?!(?:${shape.titles})\\s)(?:${shape.adverb})`,
    `(?:${shape.between})`,
  ];
  const end = '(?![\\p{L}])';
  const begin = language === 'ru' ? `^[\\s,—–-]*(?:${adverb}\\s)?` : '^[\\s,—–-]*';
  const possessive = "(?!\\s?['’]?\\s?s\\s)(?!\\s(?:and|und|et|y|e|и|dan)\\s\\p{Lu})";
  const led = '[^.!?“”"«»]{0,140}?[,:]\\s*(?:[—–-]\\s*)?$';
  const start = `(?:^|[.!?…”"»:;,—–]\\s*|\\s(?:and|then|while|but|when|as|heard|und|dann|et|puis|y|e|poi|depois|и|dan|lalu)\\s)`;
  return {
    verbName: lettersPattern(`${begin}${verbs}\\s(?:${adverb}\\s)?(?:${article}\\s)?(${name})${end}${possessive}`),
    nameVerb: lettersPattern(
      `${begin}(?:${article}\\s)?(${name})${end}(?:,[^,.!?]{2,60},)?\\s(?:${between}\\s)?${verbs}${end}`,
    ),
    leadingNameVerb: lettersPattern(
      `${start}(?:${article}\\s)?(${name})${end}(?:,[^,.!?]{2,60},)?\\s(?:${between}\\s)?${verbs}${end}${led}`,
    ),
    leadingVerbName: lettersPattern(
      `(?<![\\p{L}])${verbs}\\s(?:${adverb}\\s)?(?:${article}\\s)?(${name})${end}${possessive}[^.!?“”"«»,]{0,60}:\\s*$`,
    ),
    leadingNameAndVerb: lettersPattern(
      `(?:^|[.!?…]["”»]?\\s)(${name})${end}\\s(?:${language === 'de' ? '[^.!?“”"«»:]' : '[^.!?“”"«»:\\p{Lu}]'}){1,140}?\\s(?:and|und|et|y|e|и|dan)\\s(?:${adverb}\\s)?${verbs}${end}[^.!?“”"«»]{0,60}[,:]\\s*$`,
    ),
    narrator: lettersPattern(`${begin}(?:${narrator.replaceAll('VERB', verbs)})${end}`),
    leadingNarrator: lettersPattern(`(?:^|[^\\p{L}])(?:${narrator.replaceAll('VERB', verbs)})${end}${led}`),
    unnamed: lettersPattern(`${begin}(?:${unnamed.replaceAll('VERB', verbs)})${end}`),
    leadingUnnamed: lettersPattern(`(?:^|[^\\p{L}])(?:${unnamed.replaceAll('VERB', verbs)})${end}${led}`),
    verbLast: new RegExp(`\\s${verbs}$`, 'u'),
    he: lettersPattern(`(?<![\\p{L}])(?:${he})(?![\\p{L}])`),
    she: lettersPattern(`(?<![\\p{L}])(?:${she})(?![\\p{L}])`),
    notName: lettersPattern(`^${NOT_NAMES[language] ?? '(?:\\b\\B)'}(?![\\p{L}])`),
  };
}

const SHAPES = Object.fromEntries(
  (['en', 'de', 'fr', 'es', 'it', 'pt', 'ru', 'id'] as const).map((language) => [language, shapesOf(language)]),
) as Record<SpacedLanguage, Shapes>;
