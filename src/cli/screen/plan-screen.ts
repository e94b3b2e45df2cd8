/** A plan for people: what `pipeline plan` prints, and the first screen of a run. */
import type { PlanReport, PlanReportChange, PlanReportChapter } from '../../events/plan-report.ts';
import { NEW_BUDGET } from '../../manifest/fields/budget.ts';
import { moneyText } from '../../plan/price.ts';
import { diffWords } from '../../script/lines/word-diff.ts';
import { wordsInQuotes } from '../../script/lines/words-in-quotes.ts';
import { counted, duration, grouped, plain } from './format.ts';
import { partText } from './part-of-book.ts';
import { modelLines, priceSourceLines, unknownPriceLines } from './plan-models.ts';
import type { Terminal } from './terminal.ts';
import { shorten } from './text-width.ts';
import { withContext } from './word-context.ts';

/** Changed lines shown for one chapter; `--verbose` shows all. */
const MOST_CHANGES = 5;
/** Chapters shown; `--verbose` shows all. */
const MOST_CHAPTERS = 30;

/** Up to so many, chapters with nothing to do are shown too. */
const FEW_CHAPTERS = 12;

/** The lines of a plan, painted. `verbose` leaves nothing out. The terminal wraps them. */
export function planLines(
  report: PlanReport,
  { paint, columns }: Pick<Terminal, 'paint' | 'columns'>,
  { verbose = false }: { verbose?: boolean } = {},
): string[] {
  const most = verbose ? Number.POSITIVE_INFINITY : MOST_CHAPTERS;
  const showsAll = verbose || report.chapters.length <= FEW_CHAPTERS;
  const chapters = showsAll ? report.chapters : report.chapters.filter(hasWork);
  const idle = report.chapters.length - chapters.length;
  return [
    ...(report.partial ? [`  ${partText(report.partial)}`] : []),
    ...modelLines(report),
    ...report.cast.flatMap((voice) => voiceLine(voice)),
    ...chapters.slice(0, most).flatMap((chapter) => chapterLines(chapter, { paint, columns, verbose })),
    ...(chapters.length > most
      ? [`  and ${counted(chapters.length - most, 'more chapter')} (to see all: --verbose)`]
      : []),
    ...(idle > 0 ? [`  ${counted(idle, 'chapter')}${chapters.length > 0 ? ' more' : ''}: nothing to do`] : []),
    ...(report.book?.need === 'make' ? ['  book file: bind'] : []),
    sumLine(report),
    ...hearingLine(report),
    ...rangeLine(report),
    ...workLines(report),
    ...deadlineLine(report, paint),
    ...moneyLines(report).map((line) => paint('dim', line)),
    ...budgetLine(report, paint),
  ];
}

function hearingLine({ hearing }: PlanReport): string[] {
  if (hearing === undefined || hearing.takes === 0) return [];
  const { words, model, takes, cost } = hearing;
  const price = cost === null ? '' : `, about ${moneyText(cost)} more`;
  const what = words === 'all' ? counted(takes, 'take') : `takes that a check doubts, about ${grouped(takes)}`;
  return [`  words heard by ${plain(model)}: ${what}${price}`];
}

function voiceLine({ characters, need, lookFirst, model }: PlanReport['cast'][number]): string[] {
  const what = lookFirst ? 'looked up at the service first, enrolled if it is missing' : VOICE_NEEDS[need];
  return [`  voice of ${plain(characters.join(', '))}${model === undefined ? '' : ` for ${model}`}: ${what}`];
}

const VOICE_NEEDS = { enroll: 'to be enrolled', reuse: 'enrolled already' } as const;

function hasWork(chapter: PlanReportChapter): boolean {
  return chapter.synthesize > 0 || chapter.master.need === 'make';
}

function chapterLines(
  chapter: PlanReportChapter,
  { paint, columns, verbose }: { paint: Terminal['paint']; columns: number; verbose: boolean },
): string[] {
  const { index, title, role, changes, changesLeftOut } = chapter;
  // Credits and the retail sample have names, but no number that people know.
  const head = role === undefined ? `  chapter ${index} “${plain(title)}”: ` : `  ${plain(title)}: `;
  if (!hasWork(chapter)) return [`${head}nothing to do`];
  const what = [
    ...(chapter.pickups > 0 ? [counted(chapter.pickups, 'pickup')] : []),
    ...(Number(chapter.reasons['refused'] ?? 0) > 0
      ? [`${counted(Number(chapter.reasons['refused']), 'line')} ${REASONS['refused']}`]
      : []),
    ...(chapter.synthesize > 0
      ? [`speak ${grouped(chapter.synthesize)} of ${counted(chapter.segments, 'segment')}${why(chapter)}`]
      : []),
    ...(chapter.master.need === 'make' ? [`master (${masterReason(chapter)})`] : []),
  ];
  const shown = changes.slice(0, verbose ? changes.length : MOST_CHANGES);
  const left = changes.length - shown.length + changesLeftOut;
  return [
    head + what.join(', '),
    ...shown.flatMap((change) => changeLines(change, { paint, columns, verbose })),
    ...(left > 0 ? [`      and ${grouped(left)} more (to see all: plan --verbose)`] : []),
  ];
}

/** `: 3 new, 1 with changed text`. Nothing for a chapter that is wholly new. */
function why(chapter: PlanReportChapter): string {
  const { reasons } = chapter;
  const repeated = Number(reasons['repeated'] ?? 0);
  if (isWhollyNew(chapter))
    return repeated === 0 ? '' : ` (${grouped(repeated)} ${repeated === 1 ? 'repeats' : 'repeat'} another one)`;
  const spoken = Object.entries(reasons).filter(
    ([reason]) => !['master', 'stored', 'repeated', 'pickup', 'refused'].includes(reason),
  );
  return `: ${spoken.map(([reason, count]) => `${grouped(Number(count))} ${REASONS[reason] ?? reason}`).join(', ')}`;
}

/** Repeated lines and the author's recordings count as new, too. */
function isWhollyNew({ reasons, segments }: PlanReportChapter): boolean {
  const count = (reason: string): number => Number(reasons[reason] ?? 0);
  return count('new') + count('repeated') + count('pickup') === segments;
}

const REASONS: Readonly<Record<string, string>> = {
  new: 'new',
  text: 'with changed text',
  voice: 'with another voice',
  'word list': 'with another pronunciation',
  model: 'with another model',
  setting: 'with other settings',
  take: 'to be spoken again ([take …])',
  'failed check': 'whose take failed a check',
  damaged: 'whose take is damaged or missing',
  refused: 'refused by the service before and left out (to send again: run --retry-refused)',
};

function changeLines(
  { number, character, reason, text, before }: PlanReportChange,
  { paint, columns, verbose }: { paint: Terminal['paint']; columns: number; verbose: boolean },
): string[] {
  const most = Math.max(40, (Number.isFinite(columns) ? columns : 80) - 10);
  const short = (line: string): string => (verbose ? line : shorten(line, most));
  const head = `      ${number} ${plain(character)}, ${reason}: `;
  if (before === null) return [head + short(`“${wordsInQuotes(plain(text))}”`)];
  const pieces = diffWords(before, text);
  const side = (kind: 'removed' | 'added'): string =>
    short(
      pieces
        .flatMap((piece, index) => {
          if (piece.kind === 'same') return [withContext(plain(piece.text), index > 0, index < pieces.length - 1)];
          return piece.kind === kind ? [`[${plain(piece.text).trim()}] `] : [];
        })
        .join('')
        .trim(),
    );
  return [head.trimEnd(), paint('red', `        - ${side('removed')}`), paint('green', `        + ${side('added')}`)];
}

function masterReason(chapter: PlanReportChapter): string {
  if (isWhollyNew(chapter)) return 'new';
  const { reason, changed } = chapter.master;
  // Takes that are spoken again stand in the same line; the others are what they do not explain.
  const others = changed.filter((name) => name !== 'characters' || !changed.includes('takes'));
  if (others.length > 0) return others.map((name) => `${MASTER_FIELDS[name] ?? name} changed`).join(', ');
  return MASTER_REASONS[reason] ?? reason;
}

const MASTER_FIELDS: Readonly<Record<string, string>> = {
  takes: 'takes',
  pauses: 'pauses',
  characters: 'speakers',
  profile: 'profile',
  custom: 'custom values of the profile',
  formats: 'formats',
  tags: 'tags',
  cover: 'cover',
  sampleRateHz: 'sample rate',
  parting: 'places to split it',
  sections: 'headings',
  lines: 'single-line files',
  excerpt: 'excerpt',
  role: 'kind',
};

const MASTER_REASONS: Readonly<Record<string, string>> = {
  new: 'new, or no longer in the store',
  'levels-changed': 'a character has another level over the book',
  'takes-missing': 'takes are missing',
  'takes-changed': 'a take was spoken again',
  'version-changed': 'mastered again by this version of the program, nothing is spoken',
};

function sumLine({ voices, segments, billedCharacters, cost, costs, estimated }: PlanReport): string {
  const sums = cost === null ? (costs ?? []) : [cost];
  return (
    `${counted(voices.enroll, 'voice')} to enroll, ${counted(segments.synthesize, 'segment')} to speak, ${counted(billedCharacters, 'billed character')}` +
    (sums.length === 0 ? ', price unknown.' : `, ${estimated ? 'about ' : ''}${sums.map(moneyText).join(' and ')}.`)
  );
}

/** What retries and re-takes can make of the plan. */
function rangeLine({ range, budget, estimated }: PlanReport): string[] {
  if (range === null) return [];
  const { likely, most, measured } = range;
  const amounts = ({ billedCharacters, cost, seconds }: typeof likely): string =>
    [
      counted(billedCharacters, 'billed character'),
      ...(cost === null ? [] : [`${estimated ? 'about ' : ''}${moneyText(cost)}`]),
      duration(seconds),
    ].join(', ');
  const why = measured ? `each line spoken ${likely.tries.toFixed(2)} times, as in an earlier run` : 'without retries';
  const bound = budget === null ? '' : ' and the budget allows it';
  return [
    `Likely: ${amounts(likely)} (${why}).`,
    `At most: ${amounts(most)} (if every line is spoken ${most.tries} times, because answers are lost or takes doubted${bound}).`,
  ];
}

function deadlineLine({ deadline }: PlanReport, paint: Terminal['paint']): string[] {
  if (deadline === null) return [];
  const by = new Date(deadline.by);
  const expected = new Date(deadline.expected);
  const day = (at: Date): string => (at.toDateString() === by.toDateString() ? '' : ` on ${localDay(at)}`);
  const distance = duration(Math.abs(deadline.secondsLeft));
  const answer = deadline.kept ? paint('green', 'yes') : paint('red', 'no');
  return [
    `Done by ${localTime(by)} on ${localDay(by)}? ${answer}: a run that begins now is likely to end at ${localTime(expected)}${day(expected)}, ${distance} ${deadline.kept ? 'before' : 'after'} that.`,
  ];
}

function localTime(at: Date): string {
  return `${at.getHours()}:${String(at.getMinutes()).padStart(2, '0')}`;
}

function localDay(at: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}

function workLines({ work, voiceQuota, voices }: PlanReport): string[] {
  const { calls, callsPerMinute, sessionsAtOnce, audioSeconds, timesRealtime, measured, seconds } = work;
  if (calls.enroll + calls.synthesize === 0) return [];
  const limits = [
    callsPerMinute === null ? undefined : `${grouped(callsPerMinute)} calls a minute`,
    `${counted(sessionsAtOnce, 'session')} at once`,
    `${timesRealtime.toFixed(1)}× real time${measured ? ', as measured before' : ', assumed'}`,
  ].filter((part) => part !== undefined);
  return [
    `${counted(calls.enroll + calls.synthesize, 'call')}, about ${duration(audioSeconds)} of speech in about ${duration(seconds)} (${limits.join(', ')}).`,
    ...(voices.enroll === 0 || voiceQuota.most === null
      ? []
      : [
          `Voices of the account: ${grouped(voiceQuota.known)} known here, ${grouped(voices.enroll)} more, ${grouped(voiceQuota.most)} allowed (\`pipeline voices list\` asks the service).`,
        ]),
  ];
}

function moneyLines(report: PlanReport): string[] {
  const { free, estimated, tokens, work } = report;
  const lines = priceSourceLines(report);
  if (estimated && tokens !== null) {
    const how = work.measured ? 'at the speed of your earlier runs' : 'at the usual reading speed';
    lines.push(
      `Estimate: ${report.models === undefined ? 'this model bills' : 'at least one model bills'} the length of the speech. About ${grouped(tokens.input)} tokens in and ${grouped(tokens.output)} out, ${how}.`,
    );
  }
  lines.push(...unknownPriceLines(report));
  if (free !== null) {
    const what = [
      free.characters === null ? undefined : counted(free.characters, 'character'),
      free.seconds === null ? undefined : `${grouped(free.seconds)} s of speech`,
    ].filter((part) => part !== undefined);
    const until = free.until === null ? '' : ` until ${free.until}`;
    lines.push(
      `Free by your price list: ${what.join(' and ')}${until}. ${free.coversAll ? 'This covers the plan if none of it is used yet.' : 'This does not cover the plan.'}`,
    );
  }
  return lines;
}

function budgetLine({ budget }: PlanReport, paint: Terminal['paint']): string[] {
  if (budget === null) return [];
  const { currency } = budget;
  const money = (amount: number): string => moneyText({ amount, currency });
  const isNew = budget.spent === 0 && budget.held === 0;
  const used = isNew ? '' : ` Spent by earlier runs: ${money(budget.spent)}, reserved: ${money(budget.held)}.`;
  if (budget.kept) return [`Within the budget of ${moneyText(budget)}.${used}`];
  const more = budget.spent === 0 ? '' : ` ${NEW_BUDGET}`;
  const over = `Over the budget of ${moneyText(budget)}: a run sends nothing and ends with exit code 4.`;
  return [paint('red', `${over}${used}${more}`)];
}
