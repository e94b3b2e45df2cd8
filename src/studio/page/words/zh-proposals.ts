/** Changes that are proposed for the author's texts, in Chinese. */

/** A part of the table of texts. */
export const ZH_PROPOSALS = {
  proposals: '修改建议',
  proposalsHint: '本书位于受监视的文件夹：文本一改动就会重新制作，可能产生费用。因此对文本的修改先在此等候，由人采纳。',
  proposalsWait: '有 {n} 处对文本的修改建议。',
  lookAtProposals: '查看修改建议',
  noProposals: '没有修改建议。',
  proposedWords: '第 {number} 行的文字',
  proposedSpeakers: '说话人',
  proposedBy: '{by}，{when}',
  takeOver: '采纳并写入文本',
  putAside: '搁置',
  proposalTaken: '已写入 {file}。可以撤销。',
  proposalAside: '已搁置。对 {file} 的建议保存在文件夹 put-aside 中，可以撤销。',
  proposalDone: '文本中已有此修改',
  proposalUnfitting: '已不再适用',
  proposalReadOnly: '文本为只读',
  proposalNoText: '没有章节使用此文本',
  proposalUnfittingHint: '文本中该处的文字已不同。请重新修改该行，或搁置此建议。',
  proposalNoTextHint: '本书现在没有章节使用此文本。请在清单中重新写入它，或搁置此建议。',
  moreProposals: '另有 {n} 条较早的建议，处理完这些后显示。',
  proposalReadOnlyHint: '请允许写入该文件，然后重新载入此页。',
};
