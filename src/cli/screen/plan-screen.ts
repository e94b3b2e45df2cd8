/** How a plan looks to a person: by `pipeline plan`, and as the first screen of a run. */
import type { PlanReport, PlanReportChange, PlanReportChapter } from '../../events.ts';
import { moneyText } from '../../plan/price.ts';
import { diffWords } from '../../script/word-diff.ts';
import { clock, counted, grouped, plain, shorten, type Terminal } from './terminal.ts';
import { withContext } from './word-context.ts';

/** Changed lines shown of one chapter; `--verbose` shows all. */
const MOST_CHANGES = 5;
/** Chapters shown that have the same to do, such as those of a new book; `--verbose` shows all. */
const MOST_CHAPTERS = 30;

/** A book of so few chapters is shown whole, those with nothing to do too. */
const FEW_CHAPTERS = 12;

/** The lines of a plan, painted. `verbose` leaves nothing out. */
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
    ...report.cast.flatMap((voice) => voiceLine(voice)),
    ...chapters.slice(0, most).flatMap((chapter) => chapterLines(chapter, { paint, columns, verbose })),
    ...(chapters.length > most
      ? [`  and ${counted(chapters.length - most, 'more chapter')} (--verbose shows all)`]
      : []),
    ...(idle > 0 ? [`  ${counted(idle, 'chapter')}${chapters.length > 0 ? ' more' : ''}: nothing to do`] : []),
    ...(report.book?.need === 'make' ? ['  book file: bind'] : []),
    sumLine(report),
    ...workLines(report),
    ...moneyLines(report).map((line) => paint('dim', line)),
    ...budgetLine(report, paint),
  ];
}

function voiceLine({ characters, need, lookFirst }: PlanReport['cast'][number]): string[] {
  const what = lookFirst ? 'looked for at the service first, enrolled if it is not there' : VOICE_NEEDS[need];
  return [`  voice of ${plain(characters.join(', '))}: ${what}`];
}

const VOICE_NEEDS = { enroll: 'to be enrolled', reuse: 'nothing to enrol' } as const;

function hasWork(chapter: PlanReportChapter): boolean {
  return chapter.synthesize > 0 || chapter.master.need === 'make';
}

function chapterLines(
  chapter: PlanReportChapter,
  { paint, columns, verbose }: { paint: Terminal['paint']; columns: number; verbose: boolean },
): string[] {
  const { index, title, role, changes, changesLeftOut } = chapter;
  // Credits and the retail sample have no number that anybody knows them by.
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
    ...(left > 0 ? [`      and ${grouped(left)} more (plan --verbose or --json shows all)`] : []),
  ];
}

/** `: 3 new, 1 text`. Nothing for a chapter that is wholly new. */
function why(chapter: PlanReportChapter): string {
  const { reasons } = chapter;
  const repeated = Number(reasons['repeated'] ?? 0);
  if (isWhollyNew(chapter))
    return repeated === 0 ? '' : ` (${grouped(repeated)} ${repeated === 1 ? 'is' : 'are'} said twice)`;
  const spoken = Object.entries(reasons).filter(
    ([reason]) => !['master', 'stored', 'repeated', 'pickup', 'refused'].includes(reason),
  );
  return `: ${spoken.map(([reason, count]) => `${grouped(Number(count))} ${REASONS[reason] ?? reason}`).join(', ')}`;
}

/** Lines that an equal one of the same character speaks for, and recordings, are new as well. */
function isWhollyNew({ reasons, segments }: PlanReportChapter): boolean {
  const count = (reason: string): number => Number(reasons[reason] ?? 0);
  return count('new') + count('repeated') + count('pickup') === segments;
}

const REASONS: Readonly<Record<string, string>> = {
  new: 'new',
  text: 'with changed text',
  voice: 'with another voice',
  'word list': 'said otherwise by a word list',
  model: 'by another model',
  setting: 'with other settings',
  take: 'to be spoken once more ([take …])',
  'failed check': 'whose take failed a check',
  damaged: 'whose take is damaged or gone',
  refused: 'refused by the service before, not asked for again (run --retry-refused asks)',
};

function changeLines(
  { ordinal, character, reason, text, before }: PlanReportChange,
  { paint, columns, verbose }: { paint: Terminal['paint']; columns: number; verbose: boolean },
): string[] {
  const short = (line: string): string => (verbose ? line : shorten(line, Math.max(40, columns - 10)));
  const head = `      ${ordinal} ${plain(character)}, ${reason}: `;
  if (before === null) return [head + short(`“${plain(text)}”`)];
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
  // Takes that are spoken again are said already; the rest is what the takes do not explain.
  const others = changed.filter((name) => name !== 'characters' || !changed.includes('takes'));
  if (others.length > 0) return others.map((name) => `${MASTER_FIELDS[name] ?? name} changed`).join(', ');
  return MASTER_REASONS[reason] ?? reason;
}

const MASTER_FIELDS: Readonly<Record<string, string>> = {
  takes: 'takes',
  pauses: 'pauses',
  characters: 'who speaks a line',
  profile: 'profile',
  custom: 'levels and numbers of the profile',
  formats: 'formats',
  tags: 'tags',
  cover: 'cover',
  sampleRateHz: 'sample rate',
  parting: 'places where it may be parted',
  sections: 'headings within it',
  lines: 'files of its lines',
  excerpt: 'what is excerpted',
  role: 'what it is',
};

const MASTER_REASONS: Readonly<Record<string, string>> = {
  new: 'new, or not in the store any more',
  'levels-changed': 'the level of a character over the book has moved',
  'takes-missing': 'takes are missing',
  'takes-changed': 'a take was spoken again',
};

function sumLine({ voices, segments, billedCharacters, cost, estimated }: PlanReport): string {
  return (
    `${counted(voices.enroll, 'voice')} to enrol, ${counted(segments.synthesize, 'segment')} to speak, ${counted(billedCharacters, 'billed character')}` +
    (cost === null ? ', price unknown.' : `, ${estimated ? 'about ' : ''}${moneyText(cost)}.`)
  );
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
    `${counted(calls.enroll + calls.synthesize, 'call')}, about ${clock(audioSeconds)} of speech in about ${clock(seconds)} (${limits.join(', ')}).`,
    ...(voices.enroll === 0
      ? []
      : [
          `Voices of the account: ${grouped(voiceQuota.known)} known here, ${grouped(voices.enroll)} more, ${grouped(voiceQuota.most)} allowed (\`pipeline voices list\` asks the service).`,
        ]),
  ];
}

function moneyLines({ prices, free, cost, estimated, tokens, work }: PlanReport): string[] {
  const whose = prices.own ? 'Your prices' : 'Prices';
  const lines = [`${whose}: ${plain(prices.source)}, ${prices.date}, in ${prices.currency}.`];
  if (estimated && tokens !== null) {
    const how = work.measured ? 'as long as your speech was before' : 'at the usual speed of reading';
    lines.push(
      `An estimate: this model bills the length of the speech. About ${grouped(tokens.input)} tokens in and ${grouped(tokens.output)} out, ${how}.`,
    );
  }
  if (cost === null) lines.push(`${whose} do not name this model.`);
  if (free !== null) {
    const what = [
      free.characters === null ? undefined : counted(free.characters, 'character'),
      free.seconds === null ? undefined : `${grouped(free.seconds)} s of speech`,
    ].filter((part) => part !== undefined);
    const until = free.until === null ? '' : ` until ${free.until}`;
    lines.push(
      `Free, as you say: ${what.join(' and ')}${until}; ${free.coversAll ? 'that covers this plan, if none of it is used yet' : 'that does not cover this plan'}.`,
    );
  }
  return lines;
}

function budgetLine({ budget }: PlanReport, paint: Terminal['paint']): string[] {
  if (budget === null) return [];
  if (budget.kept) return [`Within the budget of ${moneyText(budget)}.`];
  return [paint('red', `Over the budget of ${moneyText(budget)}: a run would send nothing and end with exit code 4.`)];
}
