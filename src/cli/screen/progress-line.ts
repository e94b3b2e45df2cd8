/** The progress of a run as the parts of one line. */
import type { ProgressEvent } from '../../events.ts';
import { duration, grouped } from './format.ts';
import { createTimeLeft } from './time-left.ts';

/**
 * Makes the parts of each progress line, the most important first, so that a narrow terminal drops the last ones. `now`, in
 * milliseconds, times mastering and binding; the time left of speaking comes with the event.
 */
export function createProgressLine(now: () => number): (event: ProgressEvent) => string[] {
  const masteringLeft = createTimeLeft(now);
  const bindingLeft = createTimeLeft(now);
  return (event) => {
    const { voices, segments, chapters, mastering, binding } = event;
    const isSpeaking = segments.done < segments.total;
    const speaking = segments.total > 0 ? [`segments ${grouped(segments.done)}/${grouped(segments.total)}`] : [];
    const isMastering = mastering.done < mastering.total;
    const finishing = [
      ...(isMastering ? [`mastering ${mastering.done}/${mastering.total} (${percent(mastering.share)})`] : []),
      ...(binding === null ? [] : [`binding the book ${percent(binding.share)}`]),
    ];
    // While lines are still being spoken, mastering waits for them: its own speed says nothing about the end.
    const left = isSpeaking
      ? event.secondsLeft
      : isMastering
        ? masteringLeft(mastering.share)
        : binding && bindingLeft(binding.share);
    return [
      ...(isSpeaking ? [...speaking, ...finishing] : finishing),
      ...(left === null ? [] : [`${duration(left)} left`]),
      `chapters ${chapters.done}/${chapters.total}`,
      ...(isSpeaking ? [] : speaking),
      ...(voices.done < voices.total ? [`voices ${voices.done}/${voices.total}`] : []),
      ...(event.audioSeconds > 0 ? [`${duration(event.audioSeconds)} of speech`] : []),
      ...(event.timesRealtime === null ? [] : [`${event.timesRealtime.toFixed(1)}× real time`]),
    ];
  };
}

/** `41 %`; 100 % only when all is finished. */
function percent(share: number): string {
  return `${Math.floor(share * 100)} %`;
}
