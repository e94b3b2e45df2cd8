/**
 * The texts of status files and rejections, in the language of the manifest. `pipeline status`, other watchers and the removal
 * of orphans recognize them by how they begin, so beginnings that earlier versions wrote are listed here as well.
 */
import { isChinese } from '../manifest/diagnostics/chinese/is-chinese.ts';
import type { Granted, PauseReason, Price, State } from './state-machine.ts';

/** The progress of a run. */
export interface Progress {
  segmentsDone: number;
  segmentsTotal: number;
  /** Undefined while there is no rate yet. */
  secondsLeft: number | undefined;
}

/** What a status text shows besides the state. */
export interface Details {
  /** Name of the manifest or archive, without its folder. */
  fileName: string;
  progress?: Progress | undefined;
  /** Why the queue is paused, for `paused`. */
  why?: string | undefined;
  /** Number of chapters, for `delivered`. */
  chapters?: number | undefined;
  /** Folder of the finished files, for `delivered`. */
  folder?: string | undefined;
  /** What all runs paid, in real money. */
  spent?: Price | undefined;
  /** What may be spent on this version of the book. */
  granted?: Granted | undefined;
}

/** Languages of status texts. */
export type StatusLanguage = 'en' | 'zh';

/** The language of the status texts for a book in `language` (an ISO code). Default: English. */
export function statusLanguage(language: string | undefined): StatusLanguage {
  return isChinese(language) ? 'zh' : 'en';
}

/** The texts of one language. */
interface Texts {
  states: { [S in State['name']]: (state: Extract<State, { name: S }>, details: Details) => string };
  /** How the text of each state begins; no two states begin the same. */
  beginnings: { [S in State['name']]: string };
  /** Beginnings that earlier versions wrote. */
  formerBeginnings: { [S in State['name']]?: string };
  pauseReasons: Record<PauseReason, string>;
  howToApprove(fileName: string, price: string): string;
  spent(amount: string): string;
  granted: Record<Granted['by'], (amount: string) => string>;
  /** The last line of a rejection, and the one that earlier versions wrote. */
  rejectionFooter: string;
  formerRejectionFooter: string;
}

const EN: Texts = {
  beginnings: {
    seen: 'seen',
    settling: 'waiting: still being copied',
    'waiting-files': 'waiting for',
    queued: 'queued',
    'waiting-approval': 'needs your approval',
    paused: 'paused',
    elsewhere: 'another watcher',
    speaking: 'speaking',
    delivering: 'delivering',
    delivered: 'delivered',
    rejected: 'rejected',
    'needs-you': 'needs attention',
    cancelled: 'cancelled',
  },
  formerBeginnings: {
    'waiting-approval': 'needs your yes',
    elsewhere: 'another machine',
    'needs-you': 'needs you:',
  },
  states: {
    seen: () => 'seen',
    settling: () => 'waiting: still being copied or changed',
    'waiting-files': ({ missing }) => `waiting for ${listed(missing, 'and')}`,
    queued: () => 'queued',
    'waiting-approval': ({ price }, { fileName }) =>
      `needs your approval: ${EN.howToApprove(fileName, money(price, 'en'))}`,
    paused: ({ reason }, { why }) => `paused: ${why ?? EN.pauseReasons[reason]}`,
    elsewhere: () => 'another watcher is working on this book',
    speaking: (_, { progress }) => `speaking${progressText(progress, 'en')}`,
    delivering: () => 'delivering: finishing the last chapters',
    delivered: (_, { chapters, folder }) =>
      `delivered${chapters === undefined ? '' : `: ${chapters} ${chapters === 1 ? 'chapter' : 'chapters'}`}${folder === undefined ? '' : ` in ${folder}`}`,
    rejected: (_, { fileName }) => `rejected: see "${fileName}.rejected.txt" for the errors and how to fix them`,
    'needs-you': ({ reason }) => `needs attention: ${reason}`,
    cancelled: () => 'cancelled',
  },
  pauseReasons: {
    'pause-file': 'there is a file named PAUSE in the folder; remove it to continue',
    'quiet-hours': 'these are quiet hours',
    budget: "today's budget is used up; this book continues tomorrow",
    outage: 'nothing can be spoken at the moment; work resumes automatically and nothing is lost',
  },
  howToApprove: (fileName, price) =>
    `this costs about ${price}. To approve, put an empty file named "${fileName}.approved" beside it.`,
  spent: (amount) => `spent in all runs: ${amount}`,
  granted: { approval: (amount) => `approved: ${amount}`, budget: (amount) => `budget: ${amount}` },
  rejectionFooter: 'Fix the errors and save the file. It is then checked again automatically.',
  formerRejectionFooter: 'Mend it and save it again; it is then taken up by itself.',
};

const ZH: Texts = {
  beginnings: {
    seen: '已发现',
    settling: '等待：文件仍在复制',
    'waiting-files': '等待文件',
    queued: '排队中',
    'waiting-approval': '需要您批准',
    paused: '已暂停',
    elsewhere: '另一个监视程序',
    speaking: '正在朗读',
    delivering: '正在交付',
    delivered: '已交付',
    rejected: '未通过检查',
    'needs-you': '需要您处理',
    cancelled: '已取消',
  },
  formerBeginnings: {
    'waiting-approval': '需要您的同意',
    elsewhere: '另一台机器',
    rejected: '未接受',
  },
  states: {
    seen: () => '已发现',
    settling: () => '等待：文件仍在复制或修改',
    'waiting-files': ({ missing }) => `等待文件：${missing.join('、')}`,
    queued: () => '排队中',
    'waiting-approval': ({ price }, { fileName }) => `需要您批准：${ZH.howToApprove(fileName, money(price, 'zh'))}`,
    paused: ({ reason }, { why }) => `已暂停：${why ?? ZH.pauseReasons[reason]}`,
    elsewhere: () => '另一个监视程序正在处理这本书',
    speaking: (_, { progress }) => `正在朗读${progressText(progress, 'zh')}`,
    delivering: () => '正在交付：正在完成最后几章',
    delivered: (_, { chapters, folder }) =>
      `已交付${chapters === undefined ? '' : `：共 ${chapters} 章`}${folder === undefined ? '' : `，位于 ${folder}`}`,
    rejected: (_, { fileName }) => `未通过检查：请查看“${fileName}.rejected.txt”，其中列出了错误和修改方法`,
    'needs-you': ({ reason, reasonZh = reason }) => `需要您处理：${reasonZh}`,
    cancelled: () => '已取消',
  },
  pauseReasons: {
    'pause-file': '文件夹中有名为 PAUSE 的文件；删除该文件后会继续',
    'quiet-hours': '现在是免打扰时段',
    budget: '今天的预算已用完；明天会自动继续',
    outage: '目前无法朗读；恢复后会自动继续，不会丢失任何内容',
  },
  howToApprove: (fileName, price) => `费用约 ${price}。如果同意，请在旁边放一个名为“${fileName}.approved”的空文件。`,
  spent: (amount) => `累计花费：${amount}`,
  granted: { approval: (amount) => `批准金额：${amount}`, budget: (amount) => `预算：${amount}` },
  rejectionFooter: '请修改后重新保存，系统会自动重新检查。',
  formerRejectionFooter: '改好后重新保存，会自动再次处理。',
};

const TEXTS: Record<StatusLanguage, Texts> = { en: EN, zh: ZH };

/** The status of a book in one line for people. */
export function statusText(state: State, details: Details, language: StatusLanguage): string {
  const write = TEXTS[language].states[state.name] as (state: State, details: Details) => string;
  const parts = [write(state, details), ...(SHOWS_MONEY.has(state.name) ? moneyTexts(details, language) : [])];
  return parts.join(' · ').replace(/\s+/gu, ' ').trim();
}

/** States of a book that has been planned. */
const SHOWS_MONEY: ReadonlySet<State['name']> = new Set([
  'queued',
  'waiting-approval',
  'paused',
  'speaking',
  'delivering',
  'delivered',
  'needs-you',
]);

function moneyTexts({ spent, granted }: Details, language: StatusLanguage): string[] {
  const texts = TEXTS[language];
  return [
    ...(spent === undefined ? [] : [texts.spent(money(spent, language))]),
    ...(granted === undefined ? [] : [texts.granted[granted.by](money(granted, language))]),
  ];
}

/** Why the queue is paused. `until`: a time of day. */
export function pauseText(reason: PauseReason, language: StatusLanguage, until?: string): string {
  const text = TEXTS[language].pauseReasons[reason];
  if (until === undefined) return text;
  return language === 'zh' ? `${text}（至 ${until}）` : `${text} (until ${until})`;
}

/** The last line of a rejection. */
export function rejectionFooter(language: StatusLanguage): string {
  return TEXTS[language].rejectionFooter;
}

/** Whether a watcher wrote this text as a rejection, in this version or an earlier one. */
export function isRejection(text: string): boolean {
  const end = text.trimEnd();
  return Object.values(TEXTS).some(
    ({ rejectionFooter, formerRejectionFooter }) =>
      end.endsWith(rejectionFooter) || end.endsWith(formerRejectionFooter),
  );
}

/** The state that a status file shows; undefined for a text that no watcher wrote, in this version or an earlier one. */
export function stateOfStatus(text: string): State['name'] | undefined {
  for (const { beginnings, formerBeginnings } of Object.values(TEXTS)) {
    for (const [name, beginning] of [...Object.entries(beginnings), ...Object.entries(formerBeginnings)]) {
      if (text.startsWith(beginning)) return name as State['name'];
    }
  }
  return undefined;
}

/** `123.45 CNY`, as the language writes numbers. */
export function money({ amount, currency }: Price, language: StatusLanguage = 'en'): string {
  const number = amount.toLocaleString(language === 'zh' ? 'zh-CN' : 'en-US', {
    minimumFractionDigits: 2,
    maximumFractionDigits: 2,
  });
  return `${number} ${currency}`;
}

function progressText(progress: Progress | undefined, language: StatusLanguage): string {
  if (progress === undefined || progress.segmentsTotal === 0) return '';
  const { segmentsDone, segmentsTotal, secondsLeft } = progress;
  const counts = `${segmentsDone.toLocaleString('en-US')} / ${segmentsTotal.toLocaleString('en-US')}`;
  if (secondsLeft === undefined) return ` ${counts}`;
  return ` ${counts} · ${timeLeft(secondsLeft, language)}`;
}

/** Rounded to minutes, then to half hours. */
function timeLeft(seconds: number, language: StatusLanguage): string {
  const minutes = Math.ceil(seconds / 60);
  if (minutes <= 1) return language === 'zh' ? '剩余不到一分钟' : 'less than a minute left';
  if (minutes < 90) return language === 'zh' ? `剩余约 ${minutes} 分钟` : `about ${minutes} minutes left`;
  const hours = Math.round(minutes / 30) / 2;
  return language === 'zh' ? `剩余约 ${hours} 小时` : `about ${hours} hours left`;
}

/** The first five names, and how many more there are. */
function listed(names: readonly string[], and: string): string {
  const limit = 5;
  const shown = names.slice(0, limit).map((name) => `"${name}"`);
  if (names.length > limit) return `${shown.join(', ')} ${and} ${names.length - limit} more`;
  return shown.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} ${and} ${shown.at(-1)}`;
}
