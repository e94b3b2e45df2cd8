/** Keys of results, made of fixed things: a store finds what it has only as long as these stay as they are. */
import { accountOf } from '../../src/account.ts';
import {
  bookKey,
  lastRunKey,
  masterDigest,
  masterKey,
  pickupKey,
  preferredName,
  takeKey,
  takesDigest,
  voiceKey,
} from '../../src/plan/keys.ts';
import { bookId as droppedId } from '../../src/watch/book-memory.ts';
import { master, segment } from '../queue/steps.ts';

const TAGS = { title: 'T', artist: 'A', language: 'en', comment: 'C' };

/** `take 51b0…`, …; the digests are of things that are written in this file. */
export function readKeys(): string[] {
  const voice = voiceKey({ sampleDigest: 'd', model: 'm', transcript: 't', language: 'en' });
  const chapter = { ...master(''), takes: [{ key: 'k', character: 'c', pauseAfterMs: 5 }] };
  const { custom: _, ...plain } = chapter;
  const keys: Record<string, string> = {
    voice,
    'voice name at the service': preferredName(voice, { nameCharacters: 16 }),
    take: takeKey(segment(''), 'dashscope'),
    'take of a simulator': takeKey(segment(''), 'local'),
    'take with all': takeKey({ ...segment(''), direction: 'd', variant: 2, retake: 3 }, 'dashscope'),
    pickup: pickupKey({ recordingDigest: 'd', sampleRateHz: 24_000 }),
    // Of version 3, which locks and stores hold; the current version has names of its own.
    master: masterKey(plain, 3),
    'master of this version': masterKey(plain),
    'master with all': masterKey(
      {
        ...plain,
        custom: { denoiseDb: 6 } as NonNullable<typeof chapter.custom>,
        parting: { boundaries: [] },
        sections: [{ title: 's', firstTake: 0 }],
        lines: { format: 'wav', of: [0] },
        excerpt: { seconds: 60, boundaries: [] },
      },
      3,
    ),
    book: bookKey({ chapters: [{ key: 'k', title: 't' }], tags: TAGS }),
    takes: takesDigest(['a', 'b']),
    'takes with gains': masterDigest(['a'], { c: 1.5 }),
    'last run': lastRunKey({ title: 'T', author: 'A' }, 'local'),
    'dropped book': droppedId('folder/book.yaml'),
    account: accountOf({ apiKey: 'key', httpBaseUrl: 'http://127.0.0.1/api/v1', realtimeUrl: 'ws://127.0.0.1/' }).id,
  };
  return Object.entries(keys).map(([of, key]) => `${of} ${key}`);
}
