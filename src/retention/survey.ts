/** Everything that a store holds, and what names what. */
import { PipelineError } from '../errors.ts';
import { namedKeys, namedUuids } from '../plan/named-keys.ts';
import { type EditionRecord, editionKey, listAllEditions } from '../store/editions.ts';
import type { GrantAllotment } from '../store/grants.ts';
import { type NamedObject, parseName } from '../store/layout.ts';
import type { RecordKind, Store, StoredObject } from '../store/store.ts';
import { isBlobRef } from '../store/takes.ts';

/** Records that can be made again, or that nothing needs any more: they stay only as long as something names them. */
const RESULTS = ['take', 'master', 'chapter-blobs', 'book', 'hearing'] as const satisfies RecordKind[];
/** A kind of record that stays only while it is named. */
export type ResultKind = (typeof RESULTS)[number];
/** They say what a book needs. Other records that mention a title, such as a grant, make no book. */
const BOOK_KINDS: ReadonlySet<string> = new Set<RecordKind>(['submission', 'last-run', 'needs']);
/** They name what may be deleted, so their words keep nothing. */
const PRUNE_KINDS: ReadonlySet<string> = new Set<RecordKind>(['prune-mark', 'prune']);

/** A record that stays while something names its key. */
export interface ResultRecord {
  kind: ResultKind;
  key: string;
  object: StoredObject;
  /** What it names. */
  names: ReadonlySet<string>;
  /** The file of a book record; absent for other kinds. */
  file?: string;
  /** Titles of a book record's chapters. */
  chapterTitles?: readonly string[];
}

/** A record that stays whatever happens, of any kind, also one that a newer version writes. */
export interface RootRecord {
  kind: string;
  key: string;
  object: StoredObject;
  names: ReadonlySet<string>;
  /** The UUIDs in it. */
  uuids: ReadonlySet<string>;
  /** Of a grant: whether something of it is set aside for a run. */
  isSetAside?: boolean;
  /** The book whose needs it names. */
  book?: { title: string; author: string };
  chapterTitles?: readonly string[];
}

/** An edition with what its lock names; nothing when its lock is damaged or gone. */
export interface SurveyedEdition {
  record: EditionRecord;
  object: StoredObject;
  names: ReadonlySet<string>;
  /** Digest of its M4B. */
  book: string | undefined;
}

/** A store at one moment. */
export interface Survey {
  objects: StoredObject[];
  roots: RootRecord[];
  results: ReadonlyMap<string, ResultRecord[]>;
  /** By digest. */
  blobs: ReadonlyMap<string, StoredObject>;
  /** Set aside because their bytes did not match their names. */
  damaged: StoredObject[];
  /** Of one book from the oldest on. */
  editions: SurveyedEdition[];
  /** Records that stay whatever happens, but whose words cannot be read. */
  unreadable: StoredObject[];
}

/** Surveys of a store where runs end all the time, until one sees every record that it lists. */
const MOST_SURVEYS = 5;

/** Reads every record of the store, but no sound. */
export async function surveyStore(store: Store): Promise<Survey> {
  for (let surveys = 1; ; surveys++) {
    const survey = await surveyOnce(store);
    // What a run needed may be named by a record that it has written since the list was read.
    if (surveys === MOST_SURVEYS || !(await hasDeleted(store, survey.unreadable))) return survey;
  }
}

/** Whether one of these records was deleted, and not damaged. */
async function hasDeleted(store: Store, objects: readonly StoredObject[]): Promise<boolean> {
  for (const { name } of objects) {
    const named = parseName(name);
    if (named?.what === 'record' && !(await store.listRecords(named.kind as RecordKind)).includes(named.key))
      return true;
  }
  return false;
}

async function surveyOnce(store: Store): Promise<Survey> {
  const objects: StoredObject[] = [];
  const records = new Map<string, Map<string, StoredObject>>();
  const blobs = new Map<string, StoredObject>();
  const damaged: StoredObject[] = [];
  for await (const piece of store.inventory()) {
    for (const object of piece) {
      objects.push(object);
      sortIn(object, parseName(object.name), { records, blobs, damaged });
    }
  }
  const roots: RootRecord[] = [];
  const results = new Map<string, ResultRecord[]>();
  for (const [kind, byKey] of records) {
    if (kind === 'edition' || PRUNE_KINDS.has(kind)) continue;
    // A kind that this version does not know is read like any other: what it names is kept.
    for await (const piece of store.readRecords(kind as RecordKind, byKey.keys())) {
      for (const [key, value] of piece) {
        const text = JSON.stringify(value);
        const record = { kind, key, object: byKey.get(key)!, names: namedKeys(text) };
        if (isResult(kind)) addResult(results, { ...record, kind, ...fileOf(kind, value), ...chapterTitlesOf(value) });
        else
          roots.push(await withBundle(store, { ...record, ...factsOf(kind, value), uuids: namedUuids(text) }, value));
      }
    }
  }
  const editions: SurveyedEdition[] = [];
  for (const record of await listAllEditions(store)) {
    const object = records.get('edition')?.get(editionKey(record));
    // What an edition that was just written names is still named by the needs of its run.
    if (object !== undefined) editions.push(await withLock(store, record, object));
  }
  const isRead = new Set([...roots, ...editions].map(({ object }) => object));
  const unreadable = [...records].flatMap(([kind, byKey]) =>
    isResult(kind) || PRUNE_KINDS.has(kind) ? [] : [...byKey.values()].filter((object) => !isRead.has(object)),
  );
  return { objects, roots, results, blobs, damaged, editions, unreadable };
}

interface Sorted {
  records: Map<string, Map<string, StoredObject>>;
  blobs: Map<string, StoredObject>;
  damaged: StoredObject[];
}

function sortIn(object: StoredObject, named: NamedObject | undefined, { records, blobs, damaged }: Sorted): void {
  if (named === undefined) return;
  if (named.what === 'damaged') damaged.push(object);
  else if (named.what === 'blob') blobs.set(named.digest, object);
  else {
    const byKey = records.get(named.kind) ?? new Map<string, StoredObject>();
    records.set(named.kind, byKey.set(named.key, object));
  }
}

async function withLock(store: Store, record: EditionRecord, object: StoredObject): Promise<SurveyedEdition> {
  const text = await textOf(store, record.lock.digest);
  const book = /\n {2}"book": "([0-9a-f]{64})",\n {2}"seal": /.exec(text ?? '')?.[1];
  return { record, object, book, names: namedKeys(text ?? '') };
}

function isResult(kind: string): kind is ResultKind {
  return (RESULTS as readonly string[]).includes(kind);
}

/** A book is found by its file, too: an edition names only that. */
function addResult(results: Map<string, ResultRecord[]>, record: ResultRecord): void {
  for (const name of [record.key, record.file])
    if (name !== undefined) results.set(name, [...(results.get(name) ?? []), record]);
}

/** The bundled book of a submission names samples and recordings that nothing else names. */
async function withBundle(store: Store, root: RootRecord, value: unknown): Promise<RootRecord> {
  const { content } = value as { content?: unknown };
  if (root.kind !== 'submission' || !isBlobRef(content)) return root;
  const text = await textOf(store, content.digest);
  return text === undefined ? root : { ...root, names: new Set([...root.names, ...namedKeys(text)]) };
}

/** Undefined when it is missing or damaged. */
async function textOf(store: Store, digest: string): Promise<string | undefined> {
  try {
    return (await store.readBlob(digest)).toString();
  } catch (error) {
    if (!(error instanceof PipelineError) || error.code !== 'store-damaged') throw error;
    return undefined;
  }
}

function factsOf(kind: string, value: unknown): Partial<RootRecord> {
  return { ...bookOf(kind, value), ...chapterTitlesOf(value), ...(kind === 'grant' && isSetAside(value)) };
}

/** What a run took back of its part of a grant is spent in full; a part that cannot be read counts as set aside. */
function isSetAside(value: unknown): Pick<RootRecord, 'isSetAside'> {
  const { allotments } = value as { allotments?: unknown };
  if (typeof allotments !== 'object' || allotments === null) return { isSetAside: true };
  const parts = Object.values(allotments as Record<string, Partial<GrantAllotment> | null>);
  return { isSetAside: !parts.every((part) => typeof part?.nanos === 'number' && part.nanos === part.spentNanos) };
}

function bookOf(kind: string, value: unknown): Pick<RootRecord, 'book'> {
  if (!BOOK_KINDS.has(kind)) return {};
  const { title, author } = value as { title?: unknown; author?: unknown };
  return typeof title === 'string' ? { book: { title, author: typeof author === 'string' ? author : '' } } : {};
}

function fileOf(kind: ResultKind, value: unknown): Pick<ResultRecord, 'file'> {
  const { file } = value as { file?: { digest?: unknown } };
  return kind === 'book' && typeof file?.digest === 'string' ? { file: file.digest } : {};
}

function chapterTitlesOf(value: unknown): { chapterTitles?: readonly string[] } {
  const { chapters } = value as { chapters?: unknown };
  if (!Array.isArray(chapters)) return {};
  const titles = chapters.map((chapter) => (chapter as { title?: unknown } | null)?.title);
  return titles.every((title) => typeof title === 'string') ? { chapterTitles: titles } : {};
}
