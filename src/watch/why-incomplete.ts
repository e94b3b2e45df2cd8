/** Why a run of a book is incomplete, for its author, in English and Chinese.. */
import { isDelivered } from '../events/delivered.ts';
import { failureInChinese } from '../events/failure-in-chinese.ts';
import type { ReportedFailure, RunFinishedEvent } from '../events.ts';
import { NEW_BUDGET } from '../manifest/fields/budget.ts';
import type { RunEnd } from './book-work.ts';
import { money } from './messages.ts';

/** A failure of a book: of one of its lines, of a chapter, or of its whole run. */
export interface BookFailure extends ReportedFailure {
  /** Number of the line, such as `3:37`. */
  number?: string;
  /** 1-based. */
  chapter?: number;
}

/** What went wrong, in both languages; `reasonZh` as in src/watch/state-machine.ts. */
export interface Reasons {
  reason: string;
  reasonZh: string;
}

/** A failure of its own. */
export function reasonsOf({ code, message }: ReportedFailure): Reasons {
  return { reason: message, reasonZh: failureInChinese(code) };
}

/** Another book has the same title and author. */
export function reasonsOfDuplicate(path: string): Reasons {
  return {
    reason: `"${path}" is a book of the same title and author. Change the title of one of them, or remove one.`,
    reasonZh: `“${path}”与这本书的书名和作者相同。请修改其中一本的书名，或移走一本。`,
  };
}

/** It costs more than a day may. */
export function reasonsOfDay({
  amount,
  limit,
  currency,
}: {
  amount: number;
  limit: number;
  currency: string;
}): Reasons {
  const [cost, most] = [amount.toFixed(2), limit.toFixed(2)];
  return {
    reason: `This costs about ${cost} ${currency}, more than a whole day's budget of ${most}. Raise the budget, or split the book.`,
    reasonZh: `费用约 ${cost} ${currency}，超过一整天的预算 ${most}。请提高预算，或把书分成几部分。`,
  };
}

/** A run that did not deliver everything, or was stopped early. */
export function reasonsOfRun({ finished, stoppedBy }: RunEnd): Reasons {
  const facts = factsOf(finished);
  const { all, missing, failing, isBookFailing, folder, budget } = facts;
  const en = [`${all - missing.length} of ${all} chapters delivered.`];
  const zh = [`共 ${all} 章，已交付 ${all - missing.length} 章。`];
  if (failing.length > 0) {
    en.push(`Chapter ${failing.join(', ')} fails the quality check; see report.html in ${folder}.`);
    zh.push(`第 ${failing.join('、')} 章未通过质量检查；请看 ${folder} 中的 report.html。`);
  } else if (isBookFailing) {
    en.push('The book file fails the quality check.');
    zh.push('全书文件未通过质量检查。');
  }
  if (budget?.reached) {
    en.push(`The budget of ${money(budget)} is used up. ${NEW_BUDGET}`);
    zh.push(`预算 ${money(budget, 'zh')} 已用完。提高预算后，系统会继续处理这本书。`);
  }
  if (stoppedBy !== undefined) {
    en.push(stoppedBy.message);
    zh.push(failureInChinese(stoppedBy.code));
  } else if (missing.length > 0) {
    en.push(`Missing: chapter ${missing.join(', ')}.`);
    zh.push(`缺少第 ${missing.join('、')} 章。`);
  }
  return { reason: en.join(' '), reasonZh: zh.join('') };
}

function factsOf({ chapters, book, budget, folder }: RunFinishedEvent) {
  const missing = chapters.filter((chapter) => !isDelivered(chapter)).map(({ index }) => index);
  const failing = chapters
    .filter((chapter) => isDelivered(chapter) && chapter.verdict === 'fail')
    .map(({ index }) => index);
  const isBookFailing = missing.length === 0 && book?.verdict === 'fail';
  return { all: chapters.length, missing, failing, isBookFailing, folder, budget };
}
