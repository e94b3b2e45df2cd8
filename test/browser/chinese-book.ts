/** A Chinese book for pictures of the page, with lines of every length. */
import type { InventedOptions } from './invented-book.ts';

const SENTENCES = [
  '灯在夜里灭了，岛上没有人看见它是怎么灭的。',
  '“有人上来过，”玛拉说，“看看栏杆上的灰。”',
  '“也可能是有人下去了。”看守说着，不肯看她。',
  '在他们脚下，大海继续与礁石进行那场漫长的争论，像抄写员一样耐心，每七个浪里总有一个比其余的更高。',
  '“你没有在听我说话，尤克里奇！”',
  '“我在听发动机，”尤克里奇说，“它比你更讲道理。”',
  '没有人笑。',
  '她又数了一遍台阶：九十一级，算上断的那一级。本来应该有九十二级。',
  '“是。”',
  '那样的早晨，门一旦打开，就会一直开着；她走了进去。',
];

/** What `inventBook` makes it of. */
export const CHINESE_BOOK: InventedOptions = {
  title: '锡制灯塔',
  author: '埃达·马里克',
  speakers: ['旁白', '玛拉', '守塔人', '尤克里奇'],
  chapters: ['灯', '九十一级台阶', '守塔人知道的事，以及他没有说出口的那些', '雾', '锡制灯塔'].map(
    (title, chapter) => ({
      title,
      lines: Array.from({ length: 24 + 9 * chapter }, (_, at) => SENTENCES[(at * 3 + chapter) % SENTENCES.length]!),
    }),
  ),
};
