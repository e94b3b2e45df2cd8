/** What status files say, by the language of the manifest. One table; its beginnings are also how `pipeline status` reads them. */
import type { PauseReason, Price, State } from './state-machine.ts';

/** How far a run is. */
export interface Progress {
  segmentsDone: number;
  segmentsTotal: number;
  /** Undefined while there is no rate yet. */
  secondsLeft: number | undefined;
}

/** What a status says besides the state. */
export interface Details {
  /** Name of the manifest or archive, without its folder. */
  fileName: string;
  progress?: Progress | undefined;
  /** Why the line stands, for `paused`. */
  why?: string | undefined;
  /** Chapters of the book, for `delivered`. */
  chapters?: number | undefined;
  /** Where the finished files are, for `delivered`. */
  folder?: string | undefined;
}

/** Languages that statuses can be written in. */
export type StatusLanguage = 'en' | 'zh';

/** The language of statuses for a book in `language` (an ISO code); English for those that have no table yet. */
export function statusLanguage(language: string | undefined): StatusLanguage {
  return /^zh\b/i.test(language ?? '') ? 'zh' : 'en';
}

/** The words of one language. Each begins in a way that no other state's does. */
interface Words {
  states: { [S in State['name']]: (state: Extract<State, { name: S }>, details: Details) => string };
  begins: { [S in State['name']]: string };
  holds: Record<PauseReason, string>;
  agree(fileName: string, price: string): string;
  seeRejected(fileName: string): string;
  mend: string;
}

const EN: Words = {
  begins: {
    seen: 'seen',
    settling: 'waiting: still being copied',
    'waiting-files': 'waiting for',
    queued: 'queued',
    'waiting-approval': 'needs your yes',
    paused: 'paused',
    elsewhere: 'another machine',
    speaking: 'speaking',
    delivering: 'delivering',
    delivered: 'delivered',
    rejected: 'rejected',
    'needs-you': 'needs you',
    cancelled: 'cancelled',
  },
  states: {
    seen: () => 'seen',
    settling: () => 'waiting: still being copied or changed',
    'waiting-files': ({ missing }) => `waiting for ${listed(missing, 'and')}`,
    queued: () => 'queued',
    'waiting-approval': ({ price }, { fileName }) => `needs your yes: ${EN.agree(fileName, money(price, 'en'))}`,
    paused: ({ hold }, { why }) => `paused: ${why ?? EN.holds[hold]}`,
    elsewhere: () => 'another machine is working on it',
    speaking: (_, { progress }) => `speaking${spoken(progress, 'en')}`,
    delivering: () => 'delivering: the last chapters are being finished',
    delivered: (_, { chapters, folder }) =>
      `delivered${chapters === undefined ? '' : `: ${chapters} ${chapters === 1 ? 'chapter' : 'chapters'}`}${folder === undefined ? '' : ` in ${folder}`}`,
    rejected: (_, { fileName }) => `rejected: ${EN.seeRejected(fileName)}`,
    'needs-you': ({ reason }) => `needs you: ${reason}`,
    cancelled: () => 'cancelled',
  },
  holds: {
    'pause-file': 'somebody put a file named PAUSE into the folder; it goes on when that is removed',
    'quiet-hours': 'these are quiet hours',
    budget: "today's budget is used up; it goes on tomorrow",
    outage: 'nothing can be spoken just now; it goes on by itself, nothing is lost',
  },
  agree: (fileName, price) =>
    `this costs about ${price}. To agree, put an empty file named "${fileName}.approved" beside it.`,
  seeRejected: (fileName) => `"${fileName}.rejected.txt" says what is wrong and how to mend it`,
  mend: 'Mend it and save it again; it is then taken up by itself.',
};

const ZH: Words = {
  begins: {
    seen: '已发现',
    settling: '等待：文件仍在复制',
    'waiting-files': '等待文件',
    queued: '排队中',
    'waiting-approval': '需要您的同意',
    paused: '已暂停',
    elsewhere: '另一台机器',
    speaking: '正在朗读',
    delivering: '正在交付',
    delivered: '已交付',
    rejected: '未接受',
    'needs-you': '需要您处理',
    cancelled: '已取消',
  },
  states: {
    seen: () => '已发现',
    settling: () => '等待：文件仍在复制或修改',
    'waiting-files': ({ missing }) => `等待文件：${missing.join('、')}`,
    queued: () => '排队中',
    'waiting-approval': ({ price }, { fileName }) => `需要您的同意：${ZH.agree(fileName, money(price, 'zh'))}`,
    paused: ({ hold }, { why }) => `已暂停：${why ?? ZH.holds[hold]}`,
    elsewhere: () => '另一台机器正在处理',
    speaking: (_, { progress }) => `正在朗读${spoken(progress, 'zh')}`,
    delivering: () => '正在交付：正在完成最后的章节',
    delivered: (_, { chapters, folder }) =>
      `已交付${chapters === undefined ? '' : `：共 ${chapters} 章`}${folder === undefined ? '' : `，位于 ${folder}`}`,
    rejected: (_, { fileName }) => `未接受：请看 "${fileName}.rejected.txt"，其中写明了错误和改法`,
    'needs-you': ({ reason }) => `需要您处理：${reason}`,
    cancelled: () => '已取消',
  },
  holds: {
    'pause-file': '文件夹中有名为 PAUSE 的文件；删除后会继续',
    'quiet-hours': '现在是安静时段',
    budget: '今天的预算已用完；明天会继续',
    outage: '目前无法朗读；恢复后会自动继续，不会丢失任何内容',
  },
  agree: (fileName, price) => `费用约 ${price}。如果同意，请在旁边放一个名为 "${fileName}.approved" 的空文件。`,
  seeRejected: (fileName) => `请看 "${fileName}.rejected.txt"`,
  mend: '改好后重新保存，会自动再次处理。',
};

const WORDS: Record<StatusLanguage, Words> = { en: EN, zh: ZH };

/** The status of a book in one line for people. */
export function statusText(state: State, details: Details, language: StatusLanguage): string {
  const say = WORDS[language].states[state.name] as (state: State, details: Details) => string;
  return say(state, details).replace(/\s+/gu, ' ').trim();
}

/** Why the line stands, in the book's language; `until` is a time of day. */
export function pauseText(hold: PauseReason, language: StatusLanguage, until?: string): string {
  const text = WORDS[language].holds[hold];
  if (until === undefined) return text;
  return language === 'zh' ? `${text}（至 ${until}）` : `${text} (until ${until})`;
}

/** What stands at the end of a rejection. */
export function mendText(language: StatusLanguage): string {
  return WORDS[language].mend;
}

/** Whether a text is a rejection that we have written. */
export function isRejection(text: string): boolean {
  return Object.values(WORDS).some(({ mend }) => text.trimEnd().endsWith(mend));
}

/** Which state a status file tells of; undefined for a text that is not ours. */
export function stateOfStatus(text: string): State['name'] | undefined {
  for (const { begins } of Object.values(WORDS)) {
    for (const [name, beginning] of Object.entries(begins)) {
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

function spoken(progress: Progress | undefined, language: StatusLanguage): string {
  if (progress === undefined || progress.segmentsTotal === 0) return '';
  const { segmentsDone, segmentsTotal, secondsLeft } = progress;
  const counts = `${segmentsDone.toLocaleString('en-US')} / ${segmentsTotal.toLocaleString('en-US')}`;
  if (secondsLeft === undefined) return ` ${counts}`;
  return ` ${counts} · ${timeLeft(secondsLeft, language)}`;
}

/** In the steps in which people think of a wait. */
function timeLeft(seconds: number, language: StatusLanguage): string {
  const minutes = Math.ceil(seconds / 60);
  if (minutes <= 1) return language === 'zh' ? '不到一分钟' : 'less than a minute';
  if (minutes < 90) return language === 'zh' ? `大约 ${minutes} 分钟` : `about ${minutes} minutes`;
  const hours = Math.round(minutes / 30) / 2;
  return language === 'zh' ? `大约 ${hours} 小时` : `about ${hours} hours`;
}

/** The first few of many names. */
function listed(names: readonly string[], and: string): string {
  const most = 5;
  const shown = names.slice(0, most).map((name) => `"${name}"`);
  if (names.length > most) return `${shown.join(', ')} ${and} ${names.length - most} more`;
  return shown.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} ${and} ${shown.at(-1)}`;
}
