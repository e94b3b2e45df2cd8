import { quotationsIn } from './quotations.ts';

/** A part of a paragraph: a quotation, or the text between quotations. */
export interface SpeechPart {
  isSpeech: boolean;
  text: string;
}

/** A part and its speaker, if the text names one. */
export interface Attribution extends SpeechPart {
  speaker?: string;
  /** Dialogue of a first-person narrator: “…,” I said. */
  byNarrator?: boolean;
}

/** Splits a paragraph at its quotations. After an opening mark without a closing one, the rest is speech that continues in the next paragraph. */
export function splitAtQuotations(text: string): SpeechPart[] {
  const parts: SpeechPart[] = [];
  let at = 0;
  for (const { start, end } of quotationsIn(text)) {
    if (!isSpeech(text, start, end)) continue;
    if (start > at) parts.push({ isSpeech: false, text: text.slice(at, start) });
    parts.push({ isSpeech: true, text: text.slice(start, end) });
    at = end;
  }
  const rest = text.slice(at);
  const opened =
    /^\s*[“「『]/.test(rest) || (parts.length > 0 && /[“「][^”」]*$/.test(rest) ? /[“「][^”」]*$/.exec(rest) : null);
  if (rest !== '' && opened) {
    const from = typeof opened === 'boolean' ? 0 : opened.index;
    if (from > 0) parts.push({ isSpeech: false, text: rest.slice(0, from) });
    parts.push({ isSpeech: true, text: rest.slice(from) });
  } else if (rest !== '') parts.push({ isSpeech: false, text: rest });
  return parts;
}

/** Dialogue ends like a sentence or clause inside its marks, or fills its paragraph; a quoted word or title does neither. */
function isSpeech(text: string, start: number, end: number): boolean {
  // Japanese dialogue ends without a full stop: 「…」と言った.
  if (text[start] === '「' && text[end] === 'と') return true;
  const inner = text.slice(start + 1, end - 1).trimEnd();
  return /[.!?…,;—–-]$|[。！？，；…—]$/u.test(inner) || (start === 0 && end >= text.trimEnd().length);
}

/**
 * Finds the speakers of a paragraph's quotations from the words next to them. A single name in a paragraph speaks all its
 * quotations; several names each speak only the quotation next to them.
 */
export function attributeQuotations(parts: readonly SpeechPart[]): Attribution[] {
  const named = parts.map((part, index): Attribution => {
    if (!part.isSpeech) return part;
    const after = parts[index + 1];
    const before = parts[index - 1];
    const speaker =
      (after && !after.isSpeech ? speakerAfter(after.text, part.text) : undefined) ??
      (before && !before.isSpeech ? speakerBefore(before.text) : undefined);
    if (speaker !== undefined) return { ...part, speaker };
    return after && !after.isSpeech && I_SAID.test(after.text) ? { ...part, byNarrator: true } : part;
  });
  const names = new Set(named.flatMap(({ speaker }) => (speaker === undefined ? [] : [speaker])));
  if (names.size !== 1) return named;
  const [only] = names;
  // By convention a paragraph has one speaker; the text would name a second one.
  return named.map((part) =>
    part.isSpeech && part.speaker === undefined && !othersSpeak(parts) ? { ...part, speaker: only! } : part,
  );
}

const VERBS =
  'said|says|asked|cried|replied|answered|shouted|whispered|murmured|muttered|exclaimed|called|added|continued|went on|began|returned|observed|remarked|retorted|demanded|inquired|enquired|explained|suggested|agreed|admitted|announced|declared|roared|yelled|screamed|bellowed|growled|grunted|groaned|sighed|moaned|sobbed|laughed|gasped|snapped|protested|insisted|interrupted|put in|broke in|repeated|echoed|pleaded|begged|urged|warned|ordered|commanded|assured|told|responded|stammered|thundered|hissed|chuckled|ventured|boomed|piped|faltered|snorted|sniffed|concluded|proceeded|resumed|rejoined|ejaculated';
/** A name: capitalized words, perhaps with a title and particles; never a pronoun. */
const TITLE =
  '(?:(?:Mr|Mrs|Ms|Miss|Dr|Prof|Sir|Lady|Lord|Master|Mistress|Captain|Capt|Colonel|Col|Major|Sergeant|Sgt|Father|Mother|Brother|Sister|Aunt|Uncle|Cousin|Doctor|Professor|Inspector|King|Queen|Prince|Princess|Madame|Monsieur|M|Mme|St)\\.?\\s)';
const NAME = `(${TITLE}?\\p{Lu}[\\p{L}’'-]+(?:\\s(?:(?:de|von|van|of|the|la|le|du)\\s)?\\p{Lu}[\\p{L}.’'-]*){0,2}|${TITLE}\\p{Lu}[\\p{L}’'-]*)`;
const ADVERB = '(?:\\p{Ll}+ly\\s)?';
const SAID_NAME = new RegExp(`^[\\s,—–-]*(?:${VERBS})\\s${ADVERB}${NAME}(?![\\p{L}])`, 'u');
const NAME_SAID = new RegExp(`^[\\s,—–-]*${NAME}\\s${ADVERB}(?:${VERBS})(?![\\p{L}])`, 'u');
const NAME_SAID_BEFORE = new RegExp(
  `(?:^|[.!?…”"]\\s)${NAME}\\s${ADVERB}(?:${VERBS})(?![\\p{L}])(?:,?\\s[^.!?“”"]{0,80})?[,:]\\s*$`,
  'u',
);
const NOT_A_NAME =
  /^(?:He|She|It|I|We|You|They|The|A|An|This|That|These|Those|There|Then|But|And|So|Who|What|When|Where|Why|How|His|Her|Their|Our|My|Your|One|Someone|Somebody|Everyone|Everybody|Nobody|Another|Both|Each|No|Yes|Not|Now|After|Before|As|At|In|On|If|For|From|With|Well|Oh|Only|Even|Once|Suddenly|Finally)(?![\p{L}])/u;

const HAN_NAME =
  '([\\p{Script=Han}]{2,4}?|[\\p{Script=Han}]{1,3}(?:先生|太太|小姐|医生|老师|大爷|大娘|さん|君|ちゃん|様))';
const ZH_VERBS =
  '(?:[^，。！？“”「」：]{0,6}?)(?:说道|说|問道|问道|问|問|喊道|喊|叫道|叫|答道|回答|答|嚷道|笑道|叹道|骂道|道)';
const ZH_AFTER = new RegExp(`^${HAN_NAME}${ZH_VERBS}(?:着|了)?[。，！？：]`, 'u');
const ZH_BEFORE = new RegExp(`(?:^|[。！？”」])\\s*${HAN_NAME}${ZH_VERBS}(?:着|了)?[：，]\\s*$`, 'u');
const JA_AFTER =
  /^と、?([\p{Script=Han}\p{Script=Katakana}ー]{1,10}(?:さん|君|くん|ちゃん|様|先生)?)(?:は|が)[^。]{0,20}?(?:言|云|い|聞|訊|答|叫|尋|呟|つぶや|ささや)/u;
const I_SAID = new RegExp(`^[\\s,—–-]*(?:(?:${VERBS})\\s${ADVERB}I|I\\s${ADVERB}(?:${VERBS}))(?![\\p{L}])`, 'u');

const ZH_PRONOUN =
  /^(?:他|她|它|我|你|您|咱|大家|有人|谁|誰|这|那|彼|僕|私|俺|于是|然后|忽然|接着|只见|一边|又|便|就|也|还|再)/u;

function speakerAfter(text: string, speech: string): string | undefined {
  const english = SAID_NAME.exec(text)?.[1] ?? nameSaid(text, speech);
  if (english !== undefined) return nameOf(english);
  const other = JA_AFTER.exec(text)?.[1] ?? ZH_AFTER.exec(text)?.[1];
  return other === undefined || ZH_PRONOUN.test(other) ? undefined : other;
}

/** `“…,” Mara said`: only after dialogue without a full stop, since otherwise `Mara said` may begin the next sentence. */
function nameSaid(text: string, speech: string): string | undefined {
  if (/\.["”]?\s*$/.test(speech)) return undefined;
  return NAME_SAID.exec(text)?.[1];
}

function speakerBefore(text: string): string | undefined {
  const english = NAME_SAID_BEFORE.exec(text)?.[1];
  if (english !== undefined) return nameOf(english);
  const other = ZH_BEFORE.exec(text)?.[1];
  return other === undefined || ZH_PRONOUN.test(other) ? undefined : other;
}

function nameOf(found: string): string | undefined {
  const name = found.replace(/[’']s$/u, '').replace(/\.$/, '');
  return NOT_A_NAME.test(name) ? undefined : name;
}

/** Whether the words between the quotations mention another speaker: a verb of speech with a pronoun. */
function othersSpeak(parts: readonly SpeechPart[]): boolean {
  return parts.some(({ isSpeech, text }) => !isSpeech && PRONOUN_SPEAKS.test(text));
}

const PRONOUN_SPEAKS = new RegExp(
  `(?<![\\p{L}])(?:(?:I|we|you|they|he|she)\\s${ADVERB}(?:${VERBS})|(?:${VERBS})\\s(?:I|we|you|they|he|she))(?![\\p{L}])`,
  'iu',
);
