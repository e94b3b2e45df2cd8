/** What was heard, and what is taken along, in Chinese. */

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
};
