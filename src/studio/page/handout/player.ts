/** Plays the sounds that are in the page, one at a time. */
import { signal } from '@preact/signals';
import type { Clip } from '../../handing-out/handout-shapes.ts';

/** Speeds to hear at. */
const SPEEDS = [0.75, 1, 1.25, 1.5, 1.75, 2];

/** Name of the sound that is loaded. */
export const loaded = signal<string | undefined>(undefined);
/** Whether it plays. */
export const isPlaying = signal(false);
/** Where it is, in seconds. */
export const seconds = signal(0);
/** How fast. */
export const speed = signal(1);

const audio = new Audio();
/** Addresses of sounds that were heard; each is made once. */
const addresses = new Map<string, string>();

/** Connects the player; `onEnd` is called when a sound was heard to its end. */
export function preparePlayer(onEnd: () => void): void {
  // It is in the page, so that the system's own keys find it, and without controls: the page has its own.
  audio.preload = 'auto';
  document.body.append(audio);
  audio.addEventListener('play', () => {
    isPlaying.value = true;
    follow();
  });
  audio.addEventListener('pause', () => {
    isPlaying.value = false;
  });
  audio.addEventListener('timeupdate', note);
  audio.addEventListener('ended', onEnd);
}

/** Plays a clip, from its beginning if it is another one or was heard to its end. */
export function play(clip: Clip): void {
  if (loaded.value !== clip.sound) {
    const address = addressOf(clip);
    if (address === undefined) return;
    audio.src = address;
    loaded.value = clip.sound;
    seconds.value = 0;
  }
  audio.playbackRate = speed.value;
  // A sound that another one replaces before it begins is no fault.
  audio.play().catch(() => undefined);
}

/** Stops it. */
export function pause(): void {
  audio.pause();
}

/** Plays the clip, or stops it. */
export function toggle(clip: Clip): void {
  if (isPlaying.value && loaded.value === clip.sound) pause();
  else play(clip);
}

/** Goes to a place of the clip. */
export function seek(clip: Clip, to: number): void {
  if (loaded.value !== clip.sound) {
    play(clip);
    pause();
  }
  audio.currentTime = Math.max(0, Math.min(clip.seconds, to));
  note();
}

/** Faster or slower. */
export function changeSpeed(by: number): void {
  const index = SPEEDS.indexOf(speed.value) + by;
  speed.value = SPEEDS[Math.min(SPEEDS.length - 1, Math.max(0, index))]!;
  audio.playbackRate = speed.value;
}

function note(): void {
  seconds.value = audio.currentTime;
}

function follow(): void {
  note();
  if (!audio.paused) requestAnimationFrame(follow);
}

function addressOf({ sound }: Clip): string | undefined {
  const known = addresses.get(sound);
  if (known !== undefined) return known;
  const text = document.getElementById(sound)?.textContent;
  if (!text) return undefined;
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const address = URL.createObjectURL(new Blob([bytes], { type: 'audio/mpeg' }));
  addresses.set(sound, address);
  return address;
}
