/** What was heard, what is taken along, and what a comment is about, in English. */

/** A part of the table of texts. */
export const EN_HEARD = {
  heardShare: '{share} heard',
  heardLine: 'Heard',
  nextUnheard: 'Next unheard',
  nextUnheardHint: 'Plays on from the next line that nobody has heard as it is now',
  everyLineHeard: 'Every line that is spoken has been heard.',
  keyUnheard: 'Next line that nobody has heard',
  notHeardLines: {
    one: '{n} line that nobody has heard as it is now:',
    other: '{n} lines that nobody has heard as they are now:',
  },
  andMore: { one: 'and {n} more', other: 'and {n} more' },
  labelsAudacity: 'Labels for Audacity',
  labelsReaper: 'Regions for Reaper',
  reviewerPage: 'Page for a reviewer (HTML)',
  reviewerPageOfChapter: 'Page for a reviewer, with every line (HTML)',
  makingFile: 'Being made…',
  commentAbout: 'About: {words}',
  commentAll: 'About all of the line',
  commentUntil: 'Up to {number}',
  commentUntilLine: 'Up to line',
  commentThisLine: 'only {number}',
  working: 'Saving …',
  priceUnknown: 'price unknown',
  aboutPrice: 'about {price}',
} as const;
