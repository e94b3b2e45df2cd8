/** Who speaks: what is open, what was named here, and what is not saved yet. A name is shown at once and saved behind it. */
import { computed, signal } from '@preact/signals';
import type {
  Attributed,
  AttributeRequest,
  Attributions,
  Candidate,
  Candidates,
  OpenChapter,
  OpenParagraph,
} from '../../attributions/attribution-shapes.ts';
import { keepDraft, keptDraft } from './kept.ts';
import { needsLogin, tellProblem } from './notices.ts';
import { get, post, RefusedRequest } from './request.ts';
import { notePlace, route } from './route.ts';

/** An open quotation, or one that was named since the page was loaded. */
export interface Item {
  /** `18:45`: the chapter and its paragraph. */
  key: string;
  chapter: OpenChapter;
  paragraph: OpenParagraph;
}

/** What somebody did, until it is saved. */
interface Act {
  chapter: number;
  of: string;
  /** Of the items. */
  keys: string[];
  say: AttributeRequest['acts'][number]['say'];
}

/** The book's open quotations as the server told them last; undefined until they have arrived. */
export const attributions = signal<Attributions | undefined>(undefined);
/** All that are walked through, in the order of the book. */
export const items = signal<readonly Item[]>([]);
/** Who was named here, by item. */
export const named = signal<ReadonlyMap<string, string>>(new Map());
/** Who may say an open one, by item; undefined until they have arrived. */
export const candidates = signal<ReadonlyMap<string, readonly Candidate[]> | undefined>(undefined);
/** What is not saved yet, the oldest first. */
export const unsaved = signal<readonly Act[]>([]);

/** The item that is shown. */
export const openItem = computed(() => {
  const { value } = route;
  const place = value.at === 'attributions' ? value.place : undefined;
  return items.value.find(({ key }) => key === place) ?? items.value.find(isOpen) ?? items.value[0];
});
/** How many items are still open. */
export const openCount = computed(() => items.value.filter(isOpen).length);

/** Where unsaved names are kept over a reload. */
const DRAFT = 'attributions';
/** How long the server is given before it is asked again, in milliseconds. */
const AGAIN_MS = 2_000;
/** Changes often come several at a time: they are waited for this long, in milliseconds. */
const SETTLED_MS = 700;
const MOST_ACTS = 50;

let isSaving = false;
let saved: Promise<void> = Promise.resolve();
/** Names this page: the server tells its own changes, too. */
const PAGE = Array.from(crypto.getRandomValues(new Uint32Array(2)), (part) => part.toString(36)).join('');
let waiting: ReturnType<typeof setTimeout> | undefined;

/** The key of a chapter's paragraph. */
export function keyOf(chapter: number, index: number): string {
  return `${chapter}:${index}`;
}

/** Whether nobody was named for it. */
export function isOpen({ key }: Item): boolean {
  return !named.value.has(key);
}

/** Reads what is open, and saves what a reload interrupted. Throws `RefusedRequest`. */
export async function loadAttributions(): Promise<void> {
  readUnsaved();
  await loadOpen();
  void save();
  await loadCandidates();
}

/** Somebody changed the texts or the cast. */
export function attributionsChanged(page?: string): void {
  if (page !== PAGE && attributions.value !== undefined) reloadSoon(loadOpen);
}

/** Names the speaker of items, as one act that is undone as one, and goes on to the next open one. */
export function nameItems(acts: readonly { item: Item; speaker: string }[]): void {
  const [first] = acts;
  if (first === undefined) return;
  const { chapter } = first.item;
  const before = named.value;
  named.value = new Map([...named.value, ...acts.map(({ item, speaker }) => [item.key, speaker] as const)]);
  const say = acts.flatMap(({ item, speaker }) =>
    item.paragraph.parts.flatMap(({ at, open }) => {
      const instead = before.get(item.key);
      return open === true ? [{ at, character: speaker, ...(instead && { instead }) }] : [];
    }),
  );
  setUnsaved([
    ...unsaved.value,
    { chapter: chapter.number, of: chapter.of, keys: acts.map(({ item }) => item.key), say },
  ]);
  void save();
  goToOpen(first.item);
}

/** Goes to the next or previous item, or, after the last, to none. */
export function stepItem(by: 1 | -1): void {
  const at = items.value.findIndex(({ key }) => key === openItem.value?.key);
  const next = items.value[Math.max(0, Math.min(items.value.length - 1, at + by))];
  if (next !== undefined) notePlace(next.key);
}

/** Goes to the first open item after another one, or from the beginning. */
export function goToOpen(from: Item): void {
  const at = items.value.findIndex(({ key }) => key === from.key);
  const next = items.value.slice(at + 1).find(isOpen) ?? items.value.find(isOpen);
  if (next !== undefined) notePlace(next.key);
}

/** Waits until everything is saved or refused. */
export async function whenSaved(): Promise<void> {
  while (isSaving) await saved;
}

/** Takes names back that the server has taken back, and shows the place. */
export async function reopened({ chapter, at }: { chapter: number; at: number }): Promise<void> {
  await loadOpen();
  const item = items.value.find(
    (one) => one.chapter.number === chapter && one.paragraph.parts.some((part) => part.at === at),
  );
  if (item !== undefined) notePlace(item.key);
  reloadSoon();
}

async function loadOpen(): Promise<void> {
  const now = await get<Attributions>('/attributions');
  attributions.value = now;
  const found = now.chapters.flatMap((chapter) =>
    chapter.paragraphs.flatMap((paragraph): Item[] =>
      paragraph.parts.some(({ open }) => open === true)
        ? [{ key: keyOf(chapter.number, paragraph.index), chapter, paragraph }]
        : [],
    ),
  );
  const open = new Set<string>(found.map(({ key }) => key));
  const words = new Map<number, string>(now.chapters.map(({ number, of }) => [number, of]));
  // Named ones keep their place, unless the words of their chapter are others by now.
  const kept = items.value.filter(
    ({ key, chapter }) => !open.has(key) && (words.get(chapter.number) ?? chapter.of) === chapter.of,
  );
  const waits = new Set(unsaved.value.flatMap(({ keys }) => keys));
  const still = [...named.value].filter(([key]) => waits.has(key) || !open.has(key));
  const other = kept.filter(({ key }) => !named.value.has(key)).map(({ key }) => [key, ''] as const);
  named.value = new Map([...still, ...other]);
  items.value = [...kept, ...found].sort(
    (a, b) => a.chapter.number - b.chapter.number || a.paragraph.index - b.paragraph.index,
  );
}

async function loadCandidates(): Promise<void> {
  const answer = await get<Candidates>('/attributions/candidates');
  const now = new Map<string, readonly Candidate[]>(
    answer.chapters.flatMap(({ number, paragraphs }) =>
      paragraphs.map(({ index, candidates: found }) => [keyOf(number, index), found] as const),
    ),
  );
  // What somebody looks at stays: a number that is about to be pressed must not become another name.
  const shown = openItem.value?.key ?? '';
  const before = candidates.value?.get(shown);
  if (before !== undefined) now.set(shown, before);
  candidates.value = now;
}

function reloadSoon(first?: () => Promise<void>): void {
  clearTimeout(waiting);
  waiting = setTimeout(() => {
    void (async () => {
      await first?.();
      await loadCandidates();
    })().catch(() => undefined);
  }, SETTLED_MS);
}

function setUnsaved(acts: readonly Act[]): void {
  unsaved.value = acts;
  keepDraft(DRAFT, acts.length === 0 ? undefined : JSON.stringify(acts));
}

function readUnsaved(): void {
  if (isSaving || unsaved.value.length > 0) return;
  try {
    const acts = JSON.parse(keptDraft(DRAFT) ?? '[]') as Act[];
    unsaved.value = acts;
    named.value = new Map([
      ...named.value,
      ...acts.flatMap(({ keys, say }) => keys.map((key) => [key, say[0]?.character ?? ''] as const)),
    ]);
  } catch {
    setUnsaved([]);
  }
}

/** Saves one request after the other. What the server refuses is open again, and shown. */
async function save(): Promise<void> {
  if (isSaving) return;
  isSaving = true;
  let done = (): void => undefined;
  saved = new Promise((resolve) => {
    done = resolve;
  });
  let most = MOST_ACTS;
  while (unsaved.value.length > 0 && !needsLogin.value) {
    const [first] = unsaved.value as [Act, ...Act[]];
    const end = unsaved.value.findIndex(({ chapter, of }) => chapter !== first.chapter || of !== first.of);
    const batch = unsaved.value.slice(0, Math.min(most, end < 0 ? unsaved.value.length : end));
    try {
      await post<Attributed>(`/attributions/${first.chapter}`, {
        of: first.of,
        acts: batch.map(({ say }) => ({ say })),
        page: PAGE,
      });
      setUnsaved(unsaved.value.slice(batch.length));
      most = MOST_ACTS;
    } catch (error) {
      const status = error instanceof RefusedRequest ? error.problem.status : 0;
      if (status === 401) tellProblem(error);
      else if (status === 0 || status >= 500) await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
      else if (batch.length > 1) most = 1;
      else await refused(batch[0]!, error);
    }
  }
  isSaving = false;
  done();
  reloadSoon();
}

async function refused(act: Act, error: unknown): Promise<void> {
  setUnsaved(unsaved.value.slice(1));
  const still = new Map(named.value);
  for (const key of act.keys) still.delete(key);
  named.value = still;
  tellProblem(error);
  await loadOpen().catch(() => undefined);
  const back = items.value.find(({ key }) => act.keys.includes(key));
  if (back !== undefined && route.value.at === 'attributions') notePlace(back.key);
}
