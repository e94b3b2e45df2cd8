/** Warns of a chapter that is longer than shops accept. */
import type { ChapterSource, Manifest } from '../../manifest/manifest.ts';
import { profileOf } from '../../qc/profiles.ts';
import { estimatedSeconds } from '../../script/cut/estimate.ts';
import { addDiagnostic, type ReadingContext } from '../reading-context.ts';

/** Longest file that shops accept (ACX: 120 minutes). */
const SHOP_LIMIT_SECONDS = 120 * 60;

/** A warning when the estimated length of the spoken texts is above the limit of the manifest's profile. */
export function warnLongChapter({
  context,
  manifest,
  chapter,
  spoken,
}: {
  context: ReadingContext;
  manifest: Manifest;
  chapter: ChapterSource;
  spoken: readonly { text: string }[];
}): void {
  const { mastering: profile, custom } = manifest;
  const most = profileOf({ profile, ...(custom && { custom }) }).rules.durationSeconds?.most ?? SHOP_LIMIT_SECONDS;
  const seconds = estimatedSeconds(spoken);
  if (seconds <= most) return;
  const minutes = (of: number): string => String(Math.round(of / 60));
  const message = `The chapter "${chapter.title}" will last about ${minutes(seconds)} minutes; shops accept up to ${minutes(most)}.`;
  const fix =
    profile === 'none'
      ? 'Divide it into several chapters.'
      : 'It will be delivered in parts that end at a scene or paragraph. To choose the places yourself, divide it into several chapters.';
  addDiagnostic(context, chapter.at, { code: 'long-chapter', message, fix }, 'warning');
}
