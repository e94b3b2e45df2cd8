/** Forged proofs of the book that check-report.test.ts makes: each must be refused at its place. */

/** What a map says of a segment. */
export interface Segment {
  text: string;
  take: { key: string; digest: string; samples: number; session: string };
  sound: { start: number; end: number; from: number };
}
/** What a map says of a chapter. */
export interface Chapter {
  index: number;
  title: string;
  segments: Segment[];
  ranges: { start: number; end: number; segment?: number; unspoken?: string }[];
  files: { name: string; digest: string }[];
  samples: number;
}

/** Makes a spoken text one that nobody speaks: the last of a chapter, for a reason that the map may give. */
const hide = ({ ranges }: Chapter, reason: string): void => {
  const range = ranges.findLast(({ segment }) => segment)!;
  delete range.segment;
  range.unspoken = reason;
};

/** What is forged, in the chapter of which title, and what is said of that place. */
export type Forgery = [
  what: string,
  chapter: string,
  change: (chapter: Chapter, chapters: Chapter[]) => void,
  said: RegExp,
];

/** A check decodes every file, so each is of several forgeries, in chapters of their own. What is said names the chapter. */
export const ROUNDS: { forged: Forgery[] }[] = [
  {
    forged: [
      [
        'a segment that was removed with its range',
        'Arrival',
        ({ segments, ranges }) => {
          segments.splice(0, 1);
          ranges.splice(0, 1);
        },
        /“The boat came out of the fog.*” before it is in no range/,
      ],
      [
        'a removed segment that hides as white space',
        'Storm',
        (chapter) => {
          chapter.segments.pop();
          hide(chapter, 'space');
        },
        /“They listened\.” is left out as “space”, which it is not/,
      ],
      [
        'one that hides as an entity',
        'Talk',
        (chapter) => hide(chapter, 'entity'),
        /“The end\.” is left out as “entity”/,
      ],
      ['one that hides as a tag', 'Inside', (chapter) => hide(chapter, 'tag'), /“With a tag\.” is left out as “tag”/],
    ],
  },
  {
    forged: [
      [
        'one that hides as Markdown in a text',
        'Arrival',
        (chapter) => hide(chapter, 'note'),
        /“Ahoy, the light!” is left out as “note”/,
      ],
      [
        'the text cut off at its end',
        'Storm',
        ({ segments, ranges }) => {
          ranges.splice(-2);
          segments.pop();
        },
        /characters \d+–\d+: “They listened.” is in no range/,
      ],
      [
        'samples that overlap',
        'Talk',
        ({ segments: [one, two] }) => {
          two!.sound.start = one!.sound.end - 10;
        },
        /segment 2: begins at sample \d+, before the one before ends/,
      ],
      [
        'an entity that is left out with its sign',
        'Inside',
        ({ ranges }) => {
          const at = ranges.findIndex(
            ({ unspoken, start }, index) => unspoken === 'entity' && ranges[index - 1]!.end === start && index > 3,
          );
          ranges[at]!.start -= 1;
          ranges[at - 1]!.end -= 1;
        },
        /“&[a-z]+;” is left out/,
      ],
    ],
  },
  {
    forged: [
      [
        'ranges that overlap',
        'Arrival',
        ({ ranges }) => {
          ranges[1]!.start -= 2;
        },
        /“n\.” is in two ranges/,
      ],
      [
        "two segments in one another's place in the text",
        'Storm',
        ({ ranges }) => {
          const [a, b] = ranges.filter(({ segment }) => segment);
          [a!.segment, b!.segment] = [b!.segment!, a!.segment!];
        },
        /segment 1 comes after segment 2/,
      ],
      [
        'a changed session',
        'Talk',
        ({ segments }) => {
          segments[0]!.take.session = 'sess_other';
        },
        /its session or response is not that of the take/,
      ],
      [
        'an entity that is said as another sign',
        'Inside',
        ({ segments: [one] }) => {
          one!.text = one!.text.replace('é', 'è');
        },
        /says “A text in the manifest — cafè\.”; the text has “A text in the manifest.*— café\.”/,
      ],
    ],
  },
  {
    forged: [
      [
        'a shifted range',
        'Arrival',
        ({ ranges }) => {
          ranges[0]!.end -= 1;
        },
        /“\.” before it is in no range/,
      ],
      [
        'samples behind the end',
        'Storm',
        ({ segments, samples }) => {
          segments.at(-1)!.sound.end = samples + 1;
        },
        /segment 3: ends at sample \d+, behind the chapter's last/,
      ],
      [
        'other words',
        'Talk',
        ({ segments }) => {
          segments.at(-1)!.text = 'The beginning.';
        },
        /says “The beginning\.”; the text has “The end\.”/,
      ],
      [
        'a changed digest of a take',
        'Inside',
        ({ segments }) => {
          segments[0]!.take.digest = '0'.repeat(64);
        },
        /segment 1: the store has no take 000000000000…/,
      ],
    ],
  },
  {
    forged: [
      [
        'samples that were shifted',
        'Arrival',
        ({ segments: [one] }) => {
          one!.sound.start += 4800;
          one!.sound.end += 4800;
        },
        /01 - Arrival\.mp3, segment 1: its take is not what is heard there \(likeness/,
      ],
      [
        'a changed digest of a file',
        'Storm',
        ({ files }) => {
          files[0]!.digest = '0'.repeat(64);
        },
        /02 - Storm\.mp3: has other bytes than the map says/,
      ],
      [
        'takes that changed places',
        'Inside',
        ({ segments: [a, b] }) => {
          [a!.take, b!.take] = [b!.take, a!.take];
        },
        /segment 1: its take says “With a tag\.” instead of “A text in the manifest/,
      ],
    ],
  },
  {
    forged: [
      [
        'files that changed places',
        'Storm',
        (two, [one]) => {
          [one!.files, two.files] = [two.files, one!.files];
        },
        /01 - Arrival\.mp3: is \d/,
      ],
    ],
  },
];
