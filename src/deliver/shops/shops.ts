/**
 * What shops ask of an audiobook: data, with sources and the day on which they were read. The specification decides whether a
 * book passes; the policy (whether a shop takes voices of machines) is only told. Pure.
 */
import type { AudioFormat, ProfileName } from '../../manifest/manifest.ts';

/** One shop. */
export interface Shop {
  id: ShopId;
  name: string;
  /** The day on which the sources were read, `yyyy-mm-dd`. */
  checkedOn: string;
  sources: readonly string[];
  /** Formats of chapters, the preferred one first. */
  formats: readonly AudioFormat[];
  /** The profile that the chapters must be mastered for. Absent: any whose check passes. */
  profile?: ProfileName;
  /** Longest file, in minutes. Absent: not limited. */
  mostMinutes?: number;
  /** `number`: `01 - Title.mp3`; `isbn`: `ISBN_1of10.mp3`. */
  naming: 'number' | 'isbn';
  cover: CoverRule;
  needs: readonly Need[];
  /** Whether it takes synthetic narration; `ask`: nothing sure is known. */
  policy: { takesSynthetic: 'yes' | 'no' | 'ask'; text: string };
  /** What only a person can do there. */
  steps: readonly string[];
}

/** Shops by name. */
export const SHOP_IDS = ['acx', 'spotify', 'google-play', 'kobo', 'plain'] as const;
/** The name of a shop on the command line. */
export type ShopId = (typeof SHOP_IDS)[number];

/** Parts and facts of a book that a shop does not do without. */
export type Need = 'opening' | 'closing' | 'sample' | 'author' | 'isbn' | 'description' | 'publisher';

/** What a cover must be. */
export interface CoverRule {
  isNeeded: boolean;
  isSquare: boolean;
  /** Least length of each side. */
  leastPixels: number;
}

/** After so many days a shop may have changed its rules: it is said with every verdict. */
export const STALE_DAYS = 180;

const CHECKED = '2026-11-29';
const SQUARE = { isNeeded: true, isSquare: true };

/** All shops. */
export const SHOPS: Readonly<Record<ShopId, Shop>> = {
  acx: {
    id: 'acx',
    name: 'ACX / Audible',
    checkedOn: CHECKED,
    sources: ['https://help.acx.com/s/article/what-are-the-acx-audio-submission-requirements'],
    formats: ['mp3'],
    profile: 'acx',
    mostMinutes: 120,
    naming: 'number',
    cover: { ...SQUARE, leastPixels: 2400 },
    needs: ['opening', 'closing', 'sample', 'author'],
    policy: {
      takesSynthetic: 'no',
      text: 'ACX takes narration by people only, unless Audible has agreed otherwise with you. Meeting its numbers changes nothing about that.',
    },
    steps: [
      'Claim the title on ACX.',
      'Upload each file to the section of the same number.',
      'Upload cover and sample.',
    ],
  },
  spotify: {
    id: 'spotify',
    name: 'Spotify',
    checkedOn: CHECKED,
    sources: ['https://tomevox.com/blog-publish-audiobook-spotify.html', 'https://authors.spotify.com'],
    formats: ['mp3', 'flac', 'wav'],
    naming: 'number',
    cover: { ...SQUARE, leastPixels: 3000 },
    needs: ['author', 'description'],
    policy: {
      takesSynthetic: 'yes',
      text: 'Spotify takes synthetic narration that is declared as such when the book is uploaded. For a cloned voice, ask the shop what proof of consent it wants.',
    },
    steps: ['Create the title on Spotify for Authors.', 'Declare digital voice narration.', 'Upload files and cover.'],
  },
  'google-play': {
    id: 'google-play',
    name: 'Google Play Books',
    checkedOn: CHECKED,
    sources: [
      'https://support.google.com/books/partner/answer/7504302',
      'https://support.google.com/books/partner/answer/7626222',
    ],
    formats: ['flac', 'wav', 'mp3', 'm4a'],
    naming: 'isbn',
    cover: { ...SQUARE, leastPixels: 1024 },
    needs: ['author', 'isbn', 'description', 'publisher'],
    policy: {
      takesSynthetic: 'ask',
      text: 'Google has auto-narration of its own. What it asks of synthetic narration from elsewhere is not sure: ask the shop.',
    },
    steps: [
      'Add the book in the Partner Center.',
      'Name the narrator as in the files.',
      'Upload the files and the cover.',
    ],
  },
  kobo: {
    id: 'kobo',
    name: 'Kobo Writing Life',
    checkedOn: CHECKED,
    sources: [
      'https://kobowritinglife.zendesk.com/hc/en-us/articles/360059385511-How-to-Upload-Your-Audiobook-Directly-on-Kobo',
    ],
    formats: ['mp3', 'm4a'],
    naming: 'number',
    cover: { ...SQUARE, leastPixels: 1400 },
    needs: ['author', 'description', 'publisher'],
    policy: { takesSynthetic: 'ask', text: 'What Kobo asks of synthetic narration is not sure: ask the shop.' },
    steps: ['Create the audiobook on the dashboard.', 'Enter author and narrator.', 'Upload the files in their order.'],
  },
  plain: {
    id: 'plain',
    name: 'no shop',
    checkedOn: CHECKED,
    sources: [],
    formats: ['mp3', 'm4a', 'flac', 'wav'],
    naming: 'number',
    cover: { isNeeded: false, isSquare: false, leastPixels: 0 },
    needs: [],
    policy: { takesSynthetic: 'ask', text: 'Tell listeners that a machine speaks; the files say so.' },
    steps: [],
  },
};

/** A remark on rules that are old, or undefined. `day`: today, `yyyy-mm-dd`. */
export function staleRemark({ name, checkedOn }: Shop, day: string): string | undefined {
  const days = Math.round((Date.parse(day) - Date.parse(checkedOn)) / 86_400_000);
  if (days <= STALE_DAYS) return undefined;
  return `The rules of ${name} were read ${days} days ago, on ${checkedOn}. Compare them with the shop's own pages.`;
}
