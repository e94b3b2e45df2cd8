/** The one player of the page: a chapter from its takes, a take by itself, or a finished chapter. */
import { batch, computed, signal } from '@preact/signals';
import { keepSetting, keptSetting } from '../state/kept.ts';
import { addressIn } from '../state/request.ts';
import { chapters } from '../state/studio.ts';
import { spokenAt } from './timeline.ts';

/** What is heard. */
export type Heard =
  | { kind: 'chapter'; chapter: number /** A part of it, for this line. */; line?: string }
  | { kind: 'take'; line: string; take: number }
  | { kind: 'finished'; chapter: number };

/** Speeds to choose from. */
export const SPEEDS = [0.75, 0.9, 1, 1.1, 1.25, 1.5, 1.75, 2] as const;

/** The element that plays; it is in the page, so that the browser's own keys reach it. */
export const audio = document.createElement('audio');
audio.preload = 'auto';

/** What is heard, or was last. */
export const heard = signal<Heard | undefined>(undefined);
/** Whether it plays now. */
export const isPlaying = signal(false);
/** Whether it waits for the sound to arrive. */
export const isWaiting = signal(false);
/** Whether the sound could not be played. */
export const hasFailed = signal(false);
/** Where it is, in milliseconds of what is heard. */
export const timeMs = signal(0);
/** As `timeMs`, four times a second: enough for what is read, and for what is read aloud. */
export const quarterMs = computed(() => Math.floor(timeMs.value / 250) * 250);
/** How long what is heard is, in milliseconds; 0 until it is known. */
export const lengthMs = signal(0);
/** How fast, 0.75 to 2. */
export const speed = signal(1);

/** The chapter whose text is lit, and where in it. */
const place = computed(() => {
  const now = heard.value;
  if (now?.kind !== 'chapter') return undefined;
  const lines = chapters.value.get(now.chapter)?.lines;
  const index = lines === undefined ? -1 : spokenAt(lines, timeMs.value);
  return index < 0 ? undefined : lines![index]!;
});
/** Number of the line that is spoken. */
export const spokenLine = computed(() => place.value?.number);
/** Index of the word that is spoken in its line; -1: none, or not known. */
export const spokenWord = computed(() => (place.value?.words ? spokenAt(place.value.words, timeMs.value) : -1));

let stopAtMs = Number.POSITIVE_INFINITY;
let wantedMs: number | undefined;
let frame = 0;

/** Plays a chapter from a time, to another time or to its end. */
export function playChapter(chapter: number, fromMs: number, part?: { line: string; untilMs: number }): void {
  const version = chapters.value.get(chapter)?.version ?? '';
  const address = `/chapters/${chapter}/sound?v=${encodeURIComponent(version)}`;
  start({ kind: 'chapter', chapter, ...(part && { line: part.line }) }, address, fromMs, part?.untilMs);
}

/** Plays a take by itself, at a volume from 0 to 1. */
export function playTake(
  line: string,
  take: number,
  { volume, fromMs = 0 }: { volume: number; fromMs?: number },
): void {
  const version = chapters.value.get(Number(line.split(':')[0]))?.version ?? '';
  const address = `/lines/${line}/sound?take=${take}&around=0&v=${encodeURIComponent(version)}`;
  start({ kind: 'take', line, take }, address, fromMs);
  audio.volume = volume;
}

/** Plays a chapter as it is delivered. */
export function playFinished(chapter: number, version: string): void {
  start({ kind: 'finished', chapter }, `/chapters/${chapter}/finished?v=${encodeURIComponent(version)}`, 0);
}

function start(what: Heard, path: string, fromMs: number, untilMs = Number.POSITIVE_INFINITY): void {
  const address = new URL(addressIn(path), location.href).href;
  const at = Math.max(0, fromMs);
  batch(() => {
    heard.value = what;
    hasFailed.value = false;
    timeMs.value = at;
  });
  stopAtMs = untilMs;
  audio.volume = 1;
  if (audio.src.replace(/#.*$/, '') === address && audio.error === null) audio.currentTime = at / 1000;
  else {
    // The fragment lets the browser ask for the right bytes at once; `wantedMs` is for browsers that do not know it.
    wantedMs = at;
    lengthMs.value = 0;
    audio.src = at > 0 ? `${address}#t=${(at / 1000).toFixed(3)}` : address;
  }
  audio.defaultPlaybackRate = speed.value;
  audio.playbackRate = speed.value;
  void audio.play().catch(() => undefined);
}

/** Plays on, or pauses. False when there is nothing to play. */
export function toggle(): boolean {
  if (heard.value === undefined) return false;
  if (!audio.paused) audio.pause();
  else {
    // Played on after a part ended, it goes on to the end.
    if (audio.currentTime * 1000 >= stopAtMs - 50) stopAtMs = Number.POSITIVE_INFINITY;
    void audio.play().catch(() => undefined);
  }
  return true;
}

/** Pauses. */
export function pause(): void {
  audio.pause();
}

/** Goes to a time in what is heard. */
export function seek(ms: number): void {
  if (heard.value === undefined) return;
  const at = Math.max(0, lengthMs.value > 0 ? Math.min(ms, lengthMs.value) : ms);
  if (at > stopAtMs) stopAtMs = Number.POSITIVE_INFINITY;
  audio.currentTime = at / 1000;
  timeMs.value = at;
}

/** Sets the speed. */
export function setSpeed(value: number): void {
  speed.value = value;
  audio.playbackRate = value;
  keepSetting('speed', String(value));
}

/** The next slower (-1) or faster (1) speed. */
export function changeSpeed(by: -1 | 1): void {
  const index = SPEEDS.findIndex((one) => one >= speed.value);
  setSpeed(SPEEDS[Math.max(0, Math.min(SPEEDS.length - 1, index + by))]!);
}

/** Connects the element with the signals; once for a page. */
export function preparePlayer(): void {
  const kept = Number(keptSetting('speed'));
  if (SPEEDS.some((one) => one === kept)) speed.value = kept;
  const follow = (): void => {
    tick();
    frame = audio.paused ? 0 : requestAnimationFrame(follow);
  };
  const on = (name: keyof HTMLMediaElementEventMap, run: () => void): void => audio.addEventListener(name, run);
  on('play', () => {
    isPlaying.value = true;
    if (frame === 0) frame = requestAnimationFrame(follow);
  });
  on('pause', () => {
    isPlaying.value = false;
    tick();
  });
  on('ended', () => (isPlaying.value = false));
  on('waiting', () => (isWaiting.value = true));
  on('playing', () => (isWaiting.value = false));
  on('timeupdate', tick);
  on('seeked', tick);
  on('durationchange', () => (lengthMs.value = Number.isFinite(audio.duration) ? audio.duration * 1000 : 0));
  on('loadedmetadata', () => {
    if (wantedMs !== undefined && Math.abs(audio.currentTime * 1000 - wantedMs) > 200)
      audio.currentTime = wantedMs / 1000;
    wantedMs = undefined;
  });
  on('error', () => {
    if (audio.getAttribute('src')) hasFailed.value = true;
    isWaiting.value = false;
  });
}

function tick(): void {
  if (wantedMs !== undefined) return;
  const now = audio.currentTime * 1000;
  if (now >= stopAtMs && !audio.paused) audio.pause();
  timeMs.value = now;
}
