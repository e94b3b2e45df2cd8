/** The voices of each book as far as this process has met them: a take may sound like another one of them. Pure. */
import { type HabitVoice, nameOfVoice } from './voice-habits.ts';
import type { VoicePrint } from './voice-print.ts';

/** The casts of books. */
export interface Cast {
  /** A take of the voice is judged in the book; `print`: what the voice is known by. */
  met(book: string, voice: HabitVoice, print: VoicePrint | undefined): void;
  /** The prints of the book's other voices. A voice in another language is none of them. */
  others(book: string, voice: HabitVoice): VoicePrint[];
}

/** What one process remembers, some 4 kB a voice. */
const MOST_BOOKS = 50;
const MOST_VOICES = 100;

/** Casts that end with the process. */
export function createCast(): Cast {
  const books = new Map<string, Map<string, { voiceId: string; print: VoicePrint }>>();
  return {
    met(book, voice, print) {
      if (print === undefined) return;
      const known = books.get(book) ?? new Map<string, { voiceId: string; print: VoicePrint }>();
      known.set(nameOfVoice(voice), { voiceId: voice.voiceId, print });
      books.set(book, known);
      dropOldest(known, MOST_VOICES);
      dropOldest(books, MOST_BOOKS);
    },
    others: (book, { voiceId }) =>
      [...(books.get(book)?.values() ?? [])].flatMap((one) => (one.voiceId === voiceId ? [] : [one.print])),
  };
}

function dropOldest(map: Map<string, unknown>, most: number): void {
  const [oldest] = map.keys();
  if (oldest !== undefined && map.size > most) map.delete(oldest);
}
