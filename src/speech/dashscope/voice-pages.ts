/** The pages of a list of voices, read to their end. */

/** One page, and what the service says of the rest. */
export interface VoicePage<Voice> {
  voices: Voice[];
  simulated: boolean;
  /** Voices in the whole list; undefined when the service does not say. */
  total?: number | undefined;
  /** Whether more pages follow; undefined when the service does not say. */
  hasMore?: boolean | undefined;
}

/** Gets one page; `pageIndex` is 0-based. */
export type GetVoicePage<Voice> = (pageIndex: number, pageSize: number) => Promise<VoicePage<Voice>>;

/** An account has at most 1000 voices, and a page some ten at least; a longer list repeats itself. */
const MAX_LIST_PAGES = 205;

/**
 * Page after page, until the service says that this was all of them, or a page has nothing new. A service may give fewer rows
 * than were asked for, so a page that is not full says nothing; the next ones are then asked for in the size of the first.
 */
export async function allVoices<Voice extends { voiceId: string }>(
  getPage: GetVoicePage<Voice>,
  pageSize: number,
  /** Ends the search at a page with such a voice. Default: none. */
  isWanted: (voice: Voice) => boolean = () => false,
): Promise<{ voices: Voice[]; simulated: boolean }> {
  const all = new Map<string, Voice>();
  let size = pageSize;
  for (let pageIndex = 0; ; pageIndex += 1) {
    const { voices, simulated, total, hasMore } = await getPage(pageIndex, size);
    const before = all.size;
    for (const voice of voices) if (!all.has(voice.voiceId)) all.set(voice.voiceId, voice);
    // A total that is smaller than what we have, as of one page, says nothing.
    const isAll = hasMore === false || total === all.size || voices.some(isWanted);
    if (isAll || all.size === before || pageIndex === MAX_LIST_PAGES - 1)
      return { voices: [...all.values()], simulated };
    if (pageIndex === 0) size = Math.min(pageSize, voices.length);
  }
}

/** What a list says of its other pages, in the names that services use; `output` is the object with the rows. */
export function restOfList(output: Record<string, unknown>): Pick<VoicePage<unknown>, 'total' | 'hasMore'> {
  const total = output['total_count'] ?? output['total'];
  const hasMore = output['has_more'] ?? output['has_next'];
  return {
    ...(typeof total === 'number' && { total }),
    ...(typeof hasMore === 'boolean' && { hasMore }),
  };
}
