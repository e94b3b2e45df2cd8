/** What is reported about decisions that cannot be applied as they are. Pure. */
import type { Diagnostic } from '../manifest/diagnostics/diagnostic.ts';
import { wordsInQuotes } from '../script/lines/words-in-quotes.ts';
import { decisionKey } from './merge.ts';
import type { Decision, LineDecision } from './review.ts';

/** A problem of one decision, or of the whole file when it has no `key`. */
export interface Finding extends Pick<Diagnostic, 'code' | 'severity' | 'message' | 'fix'> {
  /** `decisionKey` of the decision. */
  key?: string;
  /** The field that it concerns. */
  field?: string;
}

/** The findings, by what is wrong. */
export const findings = {
  orphan: (decision: Decision): Finding => ({
    ...about(decision, 'words'),
    code: 'review-orphan',
    severity: 'warning',
    message: `The line of this decision (${placeThen(decision)}: “${short(wordsInQuotes(decision.words))}”) is no longer in the book, so the decision has no effect.`,
    fix: 'It stays in the file. Decide again about the line that replaced it, or remove this one.',
  }),
  otherBook: (of: { of: string; title: string; lost: number; all: number }): Finding => ({
    code: 'review-other-book',
    severity: 'error',
    message: `This is the review file of “${short(of.of)}”, not of “${short(of.title)}”: ${of.lost} of its ${of.all} lines are not in this book.`,
    fix: 'Put the right file here. If the book got another title, write that after "book:".',
  }),
  decidedTwice: (decision: Decision, field: string, otherAt: string): Finding => ({
    ...about(decision, field),
    code: 'review-decided-twice',
    severity: 'error',
    message: `Two decisions are about the same line: the one made at ${otherAt} and this one have different values for "${field}".`,
    fix: 'Keep one of the two.',
  }),
  textWins: (decision: Decision, field: keyof LineDecision, { at, tag }: { at: string; tag: string }): Finding => ({
    ...about(decision, field),
    code: 'review-text-wins',
    severity: 'warning',
    message: `The text of ${at} has ${short(tag)}, so "${field}: ${short(String(decision[field]))}" has no effect.`,
    fix: `Remove the tag from the text, or "${field}" from this decision.`,
  }),
  otherWords: (decision: Decision, field: keyof LineDecision, at: string): Finding => ({
    ...about(decision, field),
    code: 'review-words-changed',
    severity: 'warning',
    message: `The words of ${at} were edited after this decision (“${short(wordsInQuotes(decision.words))}” then), so its "${field}" has no effect.`,
    fix: 'It stays in the file, and has an effect again when the words come back. Decide again about the new words.',
  }),
  unknownSpeaker: (decision: Decision, near: string | undefined): Finding => ({
    ...about(decision, 'speaker'),
    code: 'unknown-character',
    severity: 'error',
    message: `There is no character called "${short(decision.speaker ?? '')}".`,
    fix: near === undefined ? 'Write a name or an alias from the manifest.' : `Did you mean "${near}"?`,
  }),
  idlePause: (decision: Decision): Finding => ({
    ...about(decision, 'pause'),
    code: 'idle-pause',
    severity: 'warning',
    message: 'A pause at the end of a chapter has no effect.',
    fix: 'Set "pauses: {tail: …}" in the manifest, or remove it.',
  }),
  tooLong: (decision: Decision): Finding => ({
    ...about(decision, 'say'),
    code: 'review-say-too-long',
    severity: 'error',
    message: 'The words to speak are far longer than the line that they replace.',
    fix: 'Write new words into the text itself; "say" is another spelling of those that are there.',
  }),
} as const;

function about(decision: Decision, field: string): Pick<Finding, 'key' | 'field'> {
  return { key: decisionKey(decision), field };
}

function placeThen({ at }: Decision): string {
  return at === '' ? 'without a number' : `${at} then`;
}

function short(text: string): string {
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
