/** What delivery writes into a finished file, whatever its format: the mark that a machine speaks, and what shops and players read. Pure. */

/** Raise it when the same facts give other bytes. It is in the lock of an edition and in no key. */
export const MARKS_VERSION = 1;

/** The name under which each format keeps the sentence. */
export const SENTENCE_FIELD = 'AI_DISCLOSURE';
/** The name under which each format keeps the source type of IPTC. */
export const SOURCE_TYPE_FIELD = 'digitalSourceType';
/** The name under which each format keeps the label of GB 45438-2025. */
export const AIGC_FIELD = 'AIGC';

/** Fields to write. Absent ones are left as they are in the file. */
export interface FileTags {
  /** What players show as the comment: contains the sentence. */
  comment: string;
  /** The sentence alone. */
  sentence: string;
  /** A URI of IPTC's vocabulary. */
  digitalSourceType: string;
  /** JSON of GB 45438-2025, annex E. */
  aigc?: string;
  /** ISO 639-2 code of the comment's language. */
  language: string;
  /** Never in place of a narrator that the file names already. */
  narrator?: string;
  subtitle?: string;
  series?: { name: string; number?: string };
  description?: string;
  publisher?: string;
  isbn?: string;
  rights?: string;
  /** `yyyy`, `yyyy-mm` or `yyyy-mm-dd`. */
  date?: string;
}

/** The marks that a file has; all absent in a file without any. */
export interface FoundMarks {
  sentence?: string;
  digitalSourceType?: string;
  aigc?: string;
  comment?: string;
}

/** A format's writer and reader of the part of a file that has its tags. Pure. */
export interface Container {
  /** Bytes of that part, by the file's first bytes: more than there are means that more are needed. Throws for another format. */
  headBytes(start: Buffer, fileBytes: number): number;
  /** The part with the tags in it. `fileBytes`: length of the whole file. Equal input gives equal bytes. */
  rewrite(head: Buffer, tags: FileTags, fileBytes: number): Buffer;
  /** The marks in the part. */
  read(head: Buffer): FoundMarks;
}

/** The fields that every format keeps under a name of its own. */
export function namedFields(tags: FileTags): [name: string, value: string][] {
  const { sentence, digitalSourceType, aigc, series, isbn } = tags;
  const fields: [string, string | undefined][] = [
    [SENTENCE_FIELD, sentence],
    [SOURCE_TYPE_FIELD, digitalSourceType],
    [AIGC_FIELD, aigc],
    // Names that Audiobookshelf reads (server/utils/prober.js).
    ['SERIES', series?.name],
    ['SERIES-PART', series?.number],
    ['ISBN', isbn],
  ];
  return fields.filter((field): field is [string, string] => field[1] !== undefined);
}

/** The marks among fields with names, which are compared without case. */
export function marksAmong(fields: ReadonlyMap<string, string>, comment: string | undefined): FoundMarks {
  const of = (name: string): string | undefined => fields.get(name.toLowerCase());
  const sentence = of(SENTENCE_FIELD);
  const digitalSourceType = of(SOURCE_TYPE_FIELD);
  const aigc = of(AIGC_FIELD);
  return {
    ...(sentence !== undefined && { sentence }),
    ...(digitalSourceType !== undefined && { digitalSourceType }),
    ...(aigc !== undefined && { aigc }),
    ...(comment !== undefined && { comment }),
  };
}
