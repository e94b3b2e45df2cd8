/** What was heard, what is taken along, and what a comment is about, in Chinese. */

/** A part of the table of texts. */
export const ZH_HEARD = {
  heardShare: '已听 {share}',
  heardLine: '已听',
  nextUnheard: '下一句未听',
  nextUnheardHint: '从下一句还没有人听过的行开始播放',
  everyLineHeard: '已录制的每一行都有人听过。',
  keyUnheard: '下一句未听的行',
  notHeardLines: '以下 {n} 行的现有录音还没有人听过：',
  andMore: '以及另外 {n} 行',
  labelsAudacity: 'Audacity 标签',
  labelsReaper: 'Reaper 区域',
  reviewerPage: '给审听者的页面（HTML）',
  reviewerPageOfChapter: '给审听者的页面，含每一行（HTML）',
  makingFile: '正在生成…',
  commentAbout: '针对：{words}',
  commentAll: '针对整行',
  commentUntil: '至 {number}',
  commentUntilLine: '至第几行',
  commentThisLine: '仅 {number}',
  working: '正在保存……',
  priceUnknown: '价格未知',
  aboutPrice: '约 {price}',
};
