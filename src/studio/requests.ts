/** What the studio's page asks its server to do, and the answers: see shapes.ts. Types only. */

import type { CodedMessage, DoneCode } from './server/message-codes.ts';
import type { Book, HeardLine, Line } from './shapes.ts';

/** `POST …/price` */
export interface PriceRequest {
  takes?: number;
  say?: string;
  direction?: string;
}

/** `POST …/retake` */
export interface RetakeRequest extends PriceRequest {
  takes: number;
  agreed: number;
}

/** `202` of `/retake` and `/apply`. */
export interface Accepted {
  job: string;
}

/** `POST …/choose`; `say` and `direction`: the take is of these words with this direction. */
export type ChooseRequest =
  | { take: number; say?: string; direction?: string; id?: string }
  | { back: true; id?: string };

/** `POST …/decide`; null takes a decision back. */
export interface DecideRequest {
  id: string;
  say?: string | null;
  /** In seconds. */
  pause?: number | null;
  direction?: string | null;
  speaker?: string | null;
  approved?: boolean | null;
  by?: string;
}

/** `POST …/words` */
export interface WordsRequest {
  id: string;
  words: string;
  /** `Book.version` or `Words.version` that the editor has read. */
  of: string;
  preview: boolean;
  /** Who proposes it, in a watched folder. */
  by?: string;
}

/** Answer of `/words`. */
export interface Words {
  /** Unified. */
  difference: string;
  file: string;
  version: string;
  /** In a watched folder: the file for the author to take over, written unless this is a preview; the text itself is unchanged. */
  proposal?: string;
}

/** `POST …/comments` */
export interface CommentRequest {
  text: string;
  /** Words of the line. */
  about?: string;
  /** A later line of the chapter, such as `3:41`. */
  until?: string;
  by?: string;
  id?: string;
}

/** `POST /studio/api/chapters/{n}/approve` */
export interface ApproveRequest {
  approved: boolean;
  by?: string;
  /** Although faults are open, or lines were not heard. */
  anyway?: boolean;
  /** Refuse it also while there are lines that nobody has heard. */
  heard?: boolean;
}

/** `POST /studio/api/words` */
export interface PronunciationRequest {
  term: string;
  say: string;
}

/** Answer of what changes one line. */
export interface LineAnswer {
  line: Line;
}

/** `POST /studio/api/undo` */
export interface UndoRequest {
  /** What a person saw that it takes back (`undoOf` of the book): another change is then left as it is. */
  of?: string;
}

/** Answer of `/undo`. */
export interface Undone {
  undone: string;
  /** The same as a code; absent for what an earlier version did. */
  told?: CodedMessage<DoneCode>;
  lines: Line[];
  /** Of a speaker: the chapter, and the part among its parts. */
  place?: { chapter: number; at: number };
  /** What the next one takes back. */
  next: Pick<Book, 'undo' | 'undoTold' | 'undoOf'>;
}

/** `POST /studio/api/apply`; price first: `POST /studio/api/apply/price` with the same chapters. */
export interface ApplyRequest {
  /** Default: all that changed. */
  chapters?: number[];
  agreed: number;
}

/** `POST /studio/api/heard`; asking again changes nothing. */
export interface HeardRequest {
  /** At most 500. */
  lines: HeardLine[];
}

/** Answer of `/heard`. */
export interface HeardAnswer {
  /** How many were new. */
  noted: number;
}
