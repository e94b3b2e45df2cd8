/** Which differences between two editions come from decisions of the review file. Pure. */
import type { EditionChanges, LineAspect, LineChange } from './compare-editions.ts';

/** A decision and its line in an edition. */
export interface DecisionInEdition {
  /** The chapter's 1-based place in the edition, and the line's in the chapter. */
  chapter: number;
  line: number;
  /** The line's number, such as `3:37`. */
  at: string;
  /** The review file's name. */
  file: string;
  /** Names of what is decided. */
  fields: readonly string[];
}

/** What each field of a decision can change. */
const ASPECTS: Readonly<Record<string, readonly LineAspect[]>> = {
  take: ['take'],
  say: ['word list'],
  pause: ['pause'],
  recording: ['setting', 'sound'],
  direction: ['direction'],
  speaker: ['speaker', 'voice'],
};

/** Marks the changed lines whose change the second edition's decisions explain. Changes `changes`, and returns it. */
export function markDecisions(changes: EditionChanges, decisions: readonly DecisionInEdition[]): EditionChanges {
  const byPlace = new Map(decisions.map((decision) => [`${decision.chapter}:${decision.line}`, decision]));
  for (const change of changes.chapters.flatMap(({ lines }) => lines)) {
    const { after } = change;
    const decision = after && byPlace.get(`${after.chapter}:${after.line}`);
    if (decision !== undefined && explains(decision, change)) change.decided = { at: decision.at, in: decision.file };
  }
  return changes;
}

function explains({ fields }: DecisionInEdition, { aspects }: LineChange): boolean {
  return fields.some((field) => ASPECTS[field]?.some((aspect) => aspects.includes(aspect)));
}
