/** Names beside a quotation in shapes that only English has. Pure. */
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

/** “I know,” flashed Helen, …: after a quotation, a verb before a name is one of saying, whatever it means elsewhere. */
const INVERTED = new RegExp(
  `^[\\s,—–-]*(?!(?:was|had|did|came|and|but|as|with|for|to|in|at|by)\\s)\\p{Ll}{2,}ed\\s(?:the\\s(?:old|young|little|poor)\\s|poor\\s|old\\s)?(${NAME})${END}(?!\\s?['’]?\\s?s\\s)(?=[.,;:!?—–-]|\\s(?:\\p{Ll}+ly|with|in|at|from|as|to|and(?!\\s\\p{Lu})|after|when|who|without|over|on|for|again)${END})`,
  'u',
);
/** “…” was Margaret's prompt reply; “…” came Tibby's voice; “…” from Mr. Wilcox. */
const ANSWER_OF = new RegExp(
  `^[\\s,—–-]*(?:(?:was|came)\\s(${NAME})\\s?['’]?\\s?s\\s(?:(?!who)\\p{L}+\\s){0,3}?(?:reply|answer|response|retort|rejoinder|comment|remark|question|verdict|exclamation|greeting|voice|cry|advice|observation|objection|opinion|thought)${END}|(?:came\\s)?from\\s(${NAME})\\s?[.,;])`,
  'u',
);
/** “…,” asked the sleepy Noah. */
const THE_SLEEPY = new RegExp(
  `^[\\s,—–-]*${VERB}\\s(?:the|poor|good)\\s[\\p{Ll}-]{3,}\\s(${NAME})${END}(?!\\s?['’]?\\s?s\\s)`,
  'u',
);

/** A name in what follows a quotation. `ended`: the quotation is a whole sentence. */
export function englishNameAfter(told: string, ended: boolean): string | undefined {
  const answer = ANSWER_OF.exec(told);
  const inverted = ended ? undefined : INVERTED.exec(told)?.[1];
  return inverted ?? answer?.[1] ?? answer?.[2] ?? THE_SLEEPY.exec(told)?.[1];
}

/** After half an hour Jock said, “…”; and the Gryphon only answered “Come on!” */
const RIGHT_BEFORE = new RegExp(
  `(?<![\\p{L}])${NOT_OF}${ARTICLE}?(${NAME})${END}\\s(?:${BETWEEN}\\s|(?:was|is)\\s(?=${SAYING}))?(?:${VERB}|${SAYING})${MANNER}\\s*[,:]?\\s*$`,
  'u',
);
/** He looked at the White Rabbit, who said in a low voice, “…” */
const WHO = new RegExp(
  `(?<![\\p{L}])(${NAME})${END},?\\swho\\s(?:${BETWEEN}\\s)?${VERB}${END}[^.!?“”"«»]{0,80}[,:]\\s*$`,
  'u',
);
/** For Helen had darted out into the street, shouting, “…”; In a few minutes, Mrs. Bennet opened the door and called out, “…” */
const DID_AND_SAID = new RegExp(
  `(?:^|[.!?…]["”]?\\s)(?:(?:For|But|And|Then|So)\\s|(?!(?:He|She|It|I|They|We|You)\\s)\\p{Lu}\\p{Ll}*(?:\\s[\\p{Ll}’'-]+){0,8},\\s)?(${NAME})${END}\\s[^.!?“”"«»:\\p{Lu}]{1,140}?(?:,\\s(?:\\p{Ll}+ly\\s)?${SAYING}|,?\\sand\\s(?:\\p{Ll}+ly\\s)?${VERB})${END}[^.!?“”"«»]{0,60}[,:]\\s*$`,
  'u',
);

/** Whether what leads to a quotation tells of somebody who hears it: Alice heard the Rabbit say, “…”; she heard it muttering, “…” */
export function isHeard(led: string): boolean {
  return HEARS.test(led.slice(-LONGEST));
}

const HEARS = /(?<![\p{L}])(?:hears?|heard|hearing)\s[^.!?“”"«»,;]{1,60}$/u;

/** Whether somebody else's clause stands right before the quotation: When Margaret said that she knew, he replied, “…” */
export function isOfPronoun(led: string): boolean {
  return OF_PRONOUN.test(led.slice(-LONGEST));
}

const OF_PRONOUN = new RegExp(
  `[,;]\\s(?:he|she|they|I)\\s(?:${BETWEEN}\\s)?${VERB}${END}[^.!?“”"«»,;]{0,40}[,:]\\s*$`,
  'u',
);

/** Characters before a quotation that are looked at. */
const LONGEST = 260;

/** How each of these patterns ends. Most narration before a quotation ends with a full stop, and is not looked at further. */
const LEADS_ON = /[\p{L},:-]\s*$/u;

/** A name in what leads to a quotation. */
export function englishNameBefore(led: string): string | undefined {
  const end = led.trimStart().slice(-LONGEST);
  if (!LEADS_ON.test(end)) return undefined;
  return RIGHT_BEFORE.exec(end)?.[1] ?? WHO.exec(end)?.[1] ?? DID_AND_SAID.exec(end)?.[1];
}

/** “I had not,” murmured Margaret, while Helen said, “Nor I”: the last clause is of the quotation that follows. */
const OF_NEXT = new RegExp(
  `[,;.]\\s(?:and|but|while|when|then|for|And|But|Then|So|so\\s\\p{Ll}+\\sthat|that)?\\s?(?:the\\s)?(${NAME})${END}\\s(?:${BETWEEN}\\s)?${VERB}(?:,?${MANNER}[,:]|\\sout)?\\s*$`,
  'u',
);

/** A name in what stands between two quotations, of the one that follows. */
export function englishNameOfNext(between: string): string | undefined {
  const end = between.slice(-LONGEST);
  return LEADS_ON.test(end) ? OF_NEXT.exec(end)?.[1] : undefined;
}
