/** Changes that are proposed for the author's texts, in English. */

/** A part of the table of texts. */
export const EN_PROPOSALS = {
  proposals: 'Proposals',
  proposalsHint:
    'This book is in a watched folder: it is made again as soon as a text changes, and that may cost money. So changes of its texts wait here until somebody takes them over.',
  proposalsWait: { one: '{n} change of the texts is proposed.', other: '{n} changes of the texts are proposed.' },
  lookAtProposals: 'Look at the proposals',
  noProposals: 'Nothing is proposed.',
  proposedWords: 'Words of {number}',
  proposedSpeakers: 'Who speaks',
  proposedBy: '{by}, {when}',
  takeOver: 'Take over into the text',
  putAside: 'Put aside',
  proposalTaken: 'Written into {file}. Undo takes it back.',
  proposalAside: 'Put aside. The proposal for {file} is kept in the folder put-aside. Undo brings it back.',
  proposalDone: 'The text has it already',
  proposalUnfitting: 'No longer fits',
  proposalReadOnly: 'The text is read-only',
  proposalNoText: 'No chapter has this text',
  proposalUnfittingHint: 'The text has other words there now. Edit the line again, or put the proposal aside.',
  proposalNoTextHint:
    'No chapter of the book has this text now. Name it in the manifest again, or put the proposal aside.',
  moreProposals: {
    one: '{n} older one is shown when these are answered.',
    other: '{n} older ones are shown when these are answered.',
  },
  proposalReadOnlyHint: 'Allow writing to the file, then load this page again.',
} as const;
