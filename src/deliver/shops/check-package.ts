/** Whether a finished book meets a shop's specification. Pure. */
import type { AudioFormat } from '../../manifest/manifest.ts';
import type { Need, Shop } from './shops.ts';

/** What is known of a finished book. */
export interface BookForShop {
  /** Formats that every chapter has. */
  formats: readonly AudioFormat[];
  profile: string;
  /** Longest file, in seconds. */
  longestSeconds: number;
  /** Titles of chapters that fail their check. */
  failed: readonly string[];
  /** Width and height in pixels; null without a cover. */
  cover: { width: number; height: number } | null;
  has: ReadonlySet<Need>;
  simulated: boolean;
}

/** One point of a shop's specification. */
export interface ShopFinding {
  what: string;
  pass: boolean;
  /** False: a person types it into the shop's form, so the package can be made without it. */
  isRequired: boolean;
  measured: string;
  wanted: string;
  /** What to do; only when it fails. */
  fix?: string;
}

/** All points, in the order of a table. */
export function checkPackage(shop: Shop, book: BookForShop): ShopFinding[] {
  const { formats, profile, mostMinutes, cover, needs } = shop;
  const format = formats.find((one) => book.formats.includes(one));
  const minutes = Math.ceil(book.longestSeconds / 60);
  return [
    finding('format', format !== undefined, book.formats.join(', ') || 'none', formats.join(' or '), () => {
      return `Add "${formats[0]}" to "formats:" of the manifest and run it.`;
    }),
    ...(profile === undefined
      ? []
      : [
          finding('mastering', book.profile === profile, book.profile, profile, () => `Write "mastering: ${profile}".`),
        ]),
    finding('check of the files', book.failed.length === 0, book.failed.join(', ') || 'all pass', 'all pass', () => {
      return 'See report.html for what fails and what to do.';
    }),
    ...(mostMinutes === undefined
      ? []
      : [
          finding('longest file', minutes <= mostMinutes, `${minutes} min`, `at most ${mostMinutes} min`, () => {
            return `Write "custom: {minutes: ${mostMinutes}}" below "output:".`;
          }),
        ]),
    ...coverFindings(cover, book.cover),
    ...needs.map((need) => {
      const isThere = book.has.has(need);
      const found = finding(WORDS[need].what, isThere, isThere ? 'there' : 'missing', 'there', () => WORDS[need].fix);
      return { ...found, isRequired: SPOKEN.has(need) };
    }),
  ];
}

function coverFindings(rule: Shop['cover'], cover: BookForShop['cover']): ShopFinding[] {
  const { isNeeded, isSquare, leastPixels } = rule;
  if (!isNeeded) return [];
  const wanted = `square, at least ${leastPixels} × ${leastPixels} pixels`;
  const measured = cover === null ? 'none' : `${cover.width} × ${cover.height} pixels`;
  const isRight =
    cover !== null && (!isSquare || cover.width === cover.height) && Math.min(cover.width, cover.height) >= leastPixels;
  return [finding('cover', isRight, measured, wanted, () => `Save the cover ${wanted}, and name it with "cover:".`)];
}

function finding(what: string, pass: boolean, measured: string, wanted: string, fix: () => string): ShopFinding {
  return { what, pass, isRequired: true, measured, wanted, ...(!pass && { fix: fix() }) };
}

/** Parts of the sound, which nobody can add in a form. */
const SPOKEN: ReadonlySet<Need> = new Set<Need>(['opening', 'closing', 'sample']);

/** Whether the package can be made. */
export function meetsSpecification(findings: readonly ShopFinding[]): boolean {
  return findings.every(({ pass, isRequired }) => pass || !isRequired);
}

const WORDS: Readonly<Record<Need, { what: string; fix: string }>> = {
  opening: { what: 'opening credits', fix: 'Add "credits: {opening: true}".' },
  closing: { what: 'closing credits', fix: 'Add "credits: {closing: true}".' },
  sample: { what: 'retail sample', fix: 'Add "retailSample: true".' },
  author: { what: 'author', fix: 'Add "author:" below "book:".' },
  isbn: { what: 'ISBN', fix: 'Add "isbn:" below "book:"; each edition has its own.' },
  description: { what: 'description', fix: 'Add "description:" below "book:".' },
  publisher: { what: 'publisher', fix: 'Add "publisher:" below "book:".' },
};
