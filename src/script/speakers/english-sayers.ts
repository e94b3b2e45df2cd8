/** Names beside a quotation in shapes that only English has. Pure. */
import { lettersPattern } from './letters-pattern.ts';
import { NAME_SHAPES } from './name-shapes.ts';
import { SAYING_VERBS } from './saying-verbs.ts';

const { name: NAME, between: BETWEEN } = NAME_SHAPES.en;
const VERB = SAYING_VERBS.en;
const END = '(?![\\p{L}])';
/** Before a name: “the sleepy Noah”, “old Tom”. */
const ARTICLE = '(?:the\\s(?:\\p{Ll}+\\s)?|old\\s|young\\s|little\\s|poor\\s|dear\\s|good\\s)';
const SAYING =
  '(?:saying|asking|crying|shouting|exclaiming|whispering|murmuring|muttering|calling|adding|answering|replying|remarking|observing)';
/** After a verb: “said to Tom in a low voice,”. */
const MANNER =
  '(?:\\s(?:out|aloud|again|back|at\\s(?:last|once|length)|\\p{Ll}+ly|to\\s(?:\\p{Lu}?\\p{Ll}+)(?:\\s\\p{Lu}\\p{Ll}+)?|(?:in|with)\\s(?:an?|the|his|her)\\s[\\p{Ll}-]+(?:\\s[\\p{Ll}-]+){0,3})){0,4}';
/** Before a name that is not the one who speaks: “the father of Tom said”. */
const NOT_OF = '(?<!(?:^|[^\\p{L}])(?:of|to|with|by|from|at|for|and|or|than|like|upon|on|about)\\s)';

/** Any word that is none of those that stand between a verb and the one who is spoken to, or of, or with. */
const ADJECTIVE =
  '(?!(?:the|this|that|about|after|against|along|among|at|before|behind|beside|besides|between|beyond|but|by|down|for|from|in|inside|into|like|near|of|off|on|onto|out|outside|over|past|round|since|than|through|till|to|toward|towards|under|until|unto|up|upon|with|within|without|as|and|or|nor|when|while|where|if|because|so|both|either|neither|not|his|her|its|my|our|their|your|him|them|me|us|you|it|aloud|again|too|also|back|away|only|just|even|here|there|then|now)\\s)[\\p{Ll}-]{4,}';
/** “I know,” flashed Helen, …: after a quotation, a verb before a name is one of saying, whatever it means elsewhere. */
const INVERTED = lettersPattern(
  `^[\\s,—–-]*(?!(?:was|had|did|came|and|but|as|with|for|to|in|at|by)\\s)\\p{Ll}{2,}ed\\s(?:the\\s(?:old|young|little|poor)\\s|poor\\s|old\\s)?(${NAME})${END}(?!\\s?['’]?\\s?s\\s)(?=[.,;:!?—–-]|\\s(?:\\p{Ll}+ly|with|in|at|from|as|to|and(?!\\s\\p{Lu})|after|when|who|without|over|on|for|again)${END})`,
);
/** “…” was Margaret's prompt reply; “…” came Tibby's voice; “…” from Mr. Wilcox. */
const ANSWER_OF = lettersPattern(
  `^[\\s,—–-]*(?:(?:was|came)\\s(${NAME})\\s?['’]?\\s?s\\s(?:(?!who)\\p{L}+\\s){0,3}?(?:reply|answer|response|retort|rejoinder|comment|remark|question|verdict|exclamation|greeting|voice|cry|advice|observation|objection|opinion|thought)${END}|(?:came\\s)?from\\s(${NAME})\\s?[.,;])`,
);
/** “…,” asked the sleepy Noah; “…,” remarked skeptical Anne. */
const THE_SLEEPY = lettersPattern(
  `^[\\s,—–-]*${VERB}\\s(?:(?:the|poor|good)\\s[\\p{Ll}-]{3,}|${ADJECTIVE})\\s(${NAME})${END}(?!\\s?['’]?\\s?s\\s)`,
);

/** A name in what follows a quotation. `ended`: the quotation is a whole sentence. */
export function englishNameAfter(told: string, ended: boolean): string | undefined {
  const answer = ANSWER_OF.exec(told);
  const inverted = ended ? undefined : INVERTED.exec(told)?.[1];
  return inverted ?? answer?.[1] ?? answer?.[2] ?? THE_SLEEPY.exec(told)?.[1];
}

/** Five, who had been looking anxiously across the garden, called out, “…” */
const WHO_DID = ',\\s(?:who|whose|looking|turning|seeing|hearing|having|after|with|in)\\s[^,.!?“”"«»:;]{2,80},';
/** After half an hour Jock said, “…”; and the Gryphon only answered “Come on!” */
const RIGHT_BEFORE = lettersPattern(
  `(?<![\\p{L}])${NOT_OF}${ARTICLE}?(${NAME})${END}(?:${WHO_DID})?\\s(?:${BETWEEN}\\s|(?:was|is)\\s(?=${SAYING}))?(?:${VERB}|${SAYING})${MANNER}\\s*[,:]?\\s*$`,
);
/** He looked at the White Rabbit, who said in a low voice, “…” */
const WHO = lettersPattern(
  `(?<![\\p{L}])(${NAME})${END},?\\swho\\s(?:${BETWEEN}\\s)?${VERB}${END}[^.!?“”"«»]{0,80}[,:]\\s*$`,
);
/** For Helen had darted out into the street, shouting, “…”; In a few minutes, Mrs. Bennet opened the door and called out, “…” */
const DID_AND_SAID = lettersPattern(
  `(?:^|[.!?…]["”]?\\s)(?:(?:For|But|And|Then|So)\\s|(?!(?:He|She|It|I|They|We|You)\\s)\\p{Lu}\\p{Ll}*(?:\\s[\\p{Ll}’'-]+){0,8},\\s)?(${NAME})${END}\\s[^.!?“”"«»:\\p{Lu}]{1,140}?(?:,\\s(?:\\p{Ll}+ly\\s)?${SAYING}|,?\\sand\\s(?:\\p{Ll}+ly\\s)?${VERB})${END}[^.!?“”"«»]{0,60}[,:]\\s*$`,
);

/** What somebody hears: Alice heard the Rabbit say, “…”; she heard it muttering to itself “…” */
const HEARD = lettersPattern(
  `(?<![\\p{L}])(?:hears?|heard|hearing)\\s(?:(?:the|old|young|poor|little)\\s){0,2}(?:(${NAME})|([\\p{Ll}’'-]+)(?:\\s[\\p{Ll}’'-]+){0,3}?)\\s(?:say|cry|call|ask|shout|exclaim|whisper|murmur|mutter|answer|reply|${SAYING})${MANNER},?\\s*$`,
);
const HEARS = /(?<![\p{L}])(?:hears?|heard|hearing)\s[^.!?“”"«»,;]{1,60}$/u;

/** Whom somebody hears in what leads to a quotation: a name, a pronoun, or other words; `''`: not said; undefined: nobody is heard. */
export function heardBefore(led: string): string | undefined {
  const end = led.slice(-LONGEST);
  const found = HEARD.exec(end);
  return found === null ? (HEARS.test(end) ? '' : undefined) : (found[1] ?? found[2]!);
}

/** Whether somebody else's clause stands right before the quotation: When Margaret said that she knew, he replied, “…” */
export function isOfPronoun(led: string): boolean {
  return OF_PRONOUN.test(led.slice(-LONGEST));
}

const OF_PRONOUN = lettersPattern(
  `[,;]\\s(?:(?:and|but)\\s)?(?:he|she|it|they|I)\\s(?:${BETWEEN}\\s)?${VERB}${END}[^.!?“”"«»,;]{0,40}[,:]\\s*$`,
);

/** Characters before a quotation that are looked at. */
const LONGEST = 260;

/** How each of these patterns ends. Most narration before a quotation ends with a full stop, and is not looked at further. */
const LEADS_ON = /[\p{L},:-]\s*$/u;

/** A name in what leads to a quotation. */
export function englishNameBefore(led: string): string | undefined {
  const end = led.trimStart().slice(-LONGEST);
  if (!LEADS_ON.test(end)) return undefined;
  const beside = RIGHT_BEFORE.exec(end)?.[1] ?? WHO.exec(end)?.[1];
  if (beside !== undefined) return beside;
  const did = DID_AND_SAID.exec(end);
  return did === null || isOfAnother(did[0], did[1]!) ? undefined : did[1];
}

/** Since Tony was paying, the offer was late, but the junior detective brightened and said, “…”: another subject, or a clause of time. */
const OF_ANOTHER =
  /[,;]\s(?:but|and|so|yet)\s(?:the|an?|his|her|its|their|he|she|it|they|we|one|some|another)(?![\p{L}])/u;
const SUBORDINATE = /(?:^|[\s.!?])(?:Since|When|While|As|If|After|Before|Though|Although|Because|Until|Whenever)\s$/u;

/** Whether the verb of saying behind a name is somebody else's: between them another subject, or before the name a subordinate clause. */
export function isOfAnother(match: string, name: string): boolean {
  const at = match.indexOf(name);
  return OF_ANOTHER.test(match.slice(at + name.length)) || SUBORDINATE.test(match.slice(0, at));
}

/** She rejected it, and said: “…”; but she went back to the table, observing, as she passed, “…” */
const PRONOUN_DID = lettersPattern(
  `(?:^|[.!?…;—–-]["”]?\\s*|,?\\s(?:and|but|then)\\s)(?:(?:But|And|Then|So|For|At\\slast|Again)\\s)?(He|She|he|she)\\s((?:(?!(?:he|she|they|I|who|whom)\\s)[\\p{Ll}’'-]+,?\\s){1,24}?)(?:(?<=,\\s)(?:\\p{Ll}+ly\\s)?${SAYING}|and\\s(?:\\p{Ll}+ly\\s)?${VERB})${END}[^.!?“”"«»]{0,60}[,:]\\s*$`,
);

/** The pronoun of somebody who does something and says what follows. */
export function pronounBefore(led: string): 'he' | 'she' | undefined {
  const found = PRONOUN_DID.exec(led.slice(-LONGEST));
  if (found === null || OF_ANOTHER.test(`, ${found[2]!}`)) return undefined;
  return found[1]!.toLowerCase() as 'he' | 'she';
}

/** Words that say that speech follows: “…, observing, as she passed her son,” */
const INTRODUCES = lettersPattern(`(?<![\\p{L}])(?:${VERB}|${SAYING})${END}[^.!?“”"«»]{0,60}[,:]\\s*$`);

/** Whether words before a quotation say that it follows. */
export function introduces(led: string): boolean {
  return INTRODUCES.test(led.slice(-LONGEST));
}

/** “Is it true?” Elizabeth replied that it was: what she says is told, and the quotation is not hers. */
const INDIRECT = lettersPattern(
  `^\\s(?:\\p{Lu}[\\p{L}.]*\\s){1,3}(?:${BETWEEN}\\s)?(?!wondered\\s)${VERB}${END}(?:\\s\\p{Ll}+){0,3}?\\s(?:that(?!\\s(?:day|night|evening|morning|afternoon|way|time))|whether|if|in\\sthe\\s(?:affirmative|negative))${END}`,
);

/** Whether what follows a quotation tells what somebody says in its own words. */
export function isIndirect(told: string): boolean {
  return INDIRECT.test(told);
}

/** “…,” said Lucy, while her brother, in whose memory it had faded, exclaimed: “…”: the words for who says what follows. */
const OTHER_OF_NEXT = lettersPattern(
  `[,;.]\\s(?:[Aa]nd|[Bb]ut|[Ww]hile|[Ww]hen|[Aa]nd\\sthen)\\s((?:the|an?|her|his|their|another)\\s(?:[\\p{Ll}’'-]+\\s){0,3}?[\\p{Ll}’'-]+)(?:,[^.!?“”"«»]{2,90},)?\\s(?:${BETWEEN}\\s)?(?:took\\sthe\\sopportunity\\sof\\s)?(?:${VERB}|${SAYING})(?:,?${MANNER}[,:]|\\sout)?\\s*$`,
);

/** Somebody without a name in what stands between two quotations, of the one that follows. */
export function otherOfNext(between: string): string | undefined {
  const end = between.slice(-LONGEST);
  return LEADS_ON.test(end) ? OTHER_OF_NEXT.exec(end)?.[1] : undefined;
}

/** “I had not,” murmured Margaret, while Helen said, “Nor I”: the last clause is of the quotation that follows. */
const OF_NEXT = lettersPattern(
  `[,;.]\\s(?:and|but|while|when|then|for|And|But|Then|So|so\\s\\p{Ll}+\\sthat|that)?\\s?(?:the\\s)?(${NAME})${END}\\s(?:${BETWEEN}\\s)?${VERB}(?:,?${MANNER}[,:]|\\sout)?\\s*$`,
);

/** A name in what stands between two quotations, of the one that follows. */
export function englishNameOfNext(between: string): string | undefined {
  const end = between.slice(-LONGEST);
  return LEADS_ON.test(end) ? OF_NEXT.exec(end)?.[1] : undefined;
}
