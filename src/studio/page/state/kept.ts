/** What the browser keeps: settings for good, drafts until the tab is closed. A browser that keeps nothing is fine too. */
import { signal } from '@preact/signals';
import { LANGUAGES, type Language, language, languageFor } from '../words/words.ts';

/** Light, dark, or as the computer has it. */
export type Theme = 'auto' | 'light' | 'dark';

/** The theme that is chosen. */
export const theme = signal<Theme>('auto');
/** Name of the person, for comments and approvals; may be empty. */
export const personName = signal('');

/** Reads the settings; call it once, before anything is drawn. */
export function readSettings(): void {
  const chosen = kept(localStorageOrNone(), 'language');
  language.value =
    chosen !== undefined && chosen in LANGUAGES ? (chosen as Language) : languageFor(navigator.languages);
  const look = kept(localStorageOrNone(), 'theme');
  if (look === 'light' || look === 'dark') theme.value = look;
  personName.value = kept(localStorageOrNone(), 'name') ?? '';
  language.subscribe((value) => document.documentElement.setAttribute('lang', value));
  theme.subscribe((value) => document.documentElement.setAttribute('data-theme', value));
}

/** Keeps a setting for good. */
export function keepSetting(name: 'language' | 'theme' | 'name' | 'speed', value: string): void {
  keep(localStorageOrNone(), name, value);
}

/** A setting that was kept. */
export function keptSetting(name: 'speed'): string | undefined {
  return kept(localStorageOrNone(), name);
}

/** A draft that was kept, also over a reload. */
export function keptDraft(name: string): string | undefined {
  return kept(sessionStorageOrNone(), name);
}

/** Keeps a draft; undefined drops it. */
export function keepDraft(name: string, value: string | undefined): void {
  keep(sessionStorageOrNone(), name, value);
}

function kept(storage: Storage | undefined, name: string): string | undefined {
  return storage?.getItem(`studio.${name}`) ?? undefined;
}

function keep(storage: Storage | undefined, name: string, value: string | undefined): void {
  try {
    if (value === undefined) storage?.removeItem(`studio.${name}`);
    else storage?.setItem(`studio.${name}`, value);
  } catch {
    // The storage is full or forbidden: the page works without it.
  }
}

function localStorageOrNone(): Storage | undefined {
  try {
    return localStorage;
  } catch {
    return undefined;
  }
}

function sessionStorageOrNone(): Storage | undefined {
  try {
    return sessionStorage;
  } catch {
    return undefined;
  }
}
