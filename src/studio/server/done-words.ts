/** What was done in a studio, as words and as a code: undo names it. */
import type { CodedMessage, DoneCode } from './message-codes.ts';

/** The words in English, and what the page says them with in another language. */
export interface DoneWords {
  what: string;
  told: CodedMessage<DoneCode>;
}

/** By what was done. */
export const doneWords = {
  take: (take: number, number: string): DoneWords => ({
    what: `the choice of take ${take} for ${number}`,
    told: { code: 'take', values: { take, number } },
  }),
  back: (number: string): DoneWords => ({
    what: `the return to the text for ${number}`,
    told: { code: 'back', values: { number } },
  }),
  /** Names of the fields of a decision. */
  fields: (fields: readonly string[], number: string): DoneWords => {
    const [only] = fields;
    const code = fields.length === 1 && isField(only) ? (`field-${only}` as const) : 'fields';
    return { what: `${fields.join(', ')} of ${number}`, told: { code, values: { number } } };
  },
  comment: (number: string): DoneWords => ({
    what: `the comment on ${number}`,
    told: { code: 'comment', values: { number } },
  }),
  recording: (number: string): DoneWords => ({
    what: `the recording of ${number}`,
    told: { code: 'recording', values: { number } },
  }),
  approval: (chapter: number, approved: boolean): DoneWords => ({
    what: approved ? `the approval of chapter ${chapter}` : `the withdrawn approval of chapter ${chapter}`,
    told: { code: approved ? 'approval' : 'no-approval', values: { number: chapter } },
  }),
  words: (number: string, file: string): DoneWords => ({
    what: `the words of ${number} in ${file}`,
    told: { code: 'words', values: { number, file } },
  }),
  pronunciation: (word: string): DoneWords => ({
    what: `the pronunciation of "${word}"`,
    told: { code: 'pronunciation', values: { word } },
  }),
  speakers: (name: string, count: number, file: string): DoneWords => ({
    what: `${name}, ${count === 1 ? 'one speaker' : `${count} speakers`} in ${file}`,
    told: { code: 'speakers', values: { name, n: count, file } },
  }),
  proposal: (file: string): DoneWords => ({
    what: `the proposal for ${file}`,
    told: { code: 'proposal', values: { file } },
  }),
  proposalAside: (file: string): DoneWords => ({
    what: `the putting aside of the proposal for ${file}`,
    told: { code: 'proposal-aside', values: { file } },
  }),
  merge: (names: readonly string[], into: string): DoneWords => ({
    what: `${names.join(', ')} as ${names.length === 1 ? 'another name' : 'other names'} of ${into}`,
    told: { code: 'merge', values: { names: names.join(', '), into } },
  }),
};

const FIELDS = ['say', 'pause', 'direction', 'speaker', 'approved'] as const;

function isField(name: string | undefined): name is (typeof FIELDS)[number] {
  return (FIELDS as readonly (string | undefined)[]).includes(name);
}
