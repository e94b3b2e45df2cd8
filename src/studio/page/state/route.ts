/** Where the page is: its address, without loading anything. */
import { signal } from '@preact/signals';
import { BASE } from './base.ts';

/** A place in the page. */
export type Route =
  | { at: 'overview' }
  | { at: 'suspects'; line?: string }
  | { at: 'proposals'; line?: undefined }
  /** `place`: `18:45`, the chapter and its paragraph. */
  | { at: 'attributions'; place?: string; line?: undefined }
  | { at: 'chapter'; chapter: number; line?: string };

/** Where the page is. */
export const route = signal<Route>(routeOf(location));

addEventListener('popstate', () => {
  route.value = routeOf(location);
});

/** The address of a place. */
export function addressOf(to: Route): string {
  return BASE + pathOf(to);
}

function pathOf(to: Route): string {
  if (to.at === 'overview') return '/';
  if (to.at === 'proposals') return '/proposals';
  if (to.at === 'attributions') return `/attributions${to.place === undefined ? '' : `#${to.place}`}`;
  const hash = to.line === undefined ? '' : `#${to.line}`;
  return to.at === 'suspects' ? `/suspects${hash}` : `/chapters/${to.chapter}${hash}`;
}

/** Goes to a place; the browser's own button leads back. */
export function goTo(to: Route): void {
  if (addressOf(to) !== location.pathname + location.hash) history.pushState(null, '', addressOf(to));
  route.value = to;
}

/** Notes the open line in the address, so that a reload or a copied address opens it again. */
export function noteLine(line: string | undefined): void {
  const { at } = route.value;
  if (at === 'overview' || at === 'attributions' || at === 'proposals') return;
  const to = { ...route.value, line } as Route;
  if (line === undefined) delete (to as { line?: string }).line;
  history.replaceState(null, '', addressOf(to));
  route.value = to;
}

/** The same for the open quotation of the attributions. */
export function notePlace(place: string): void {
  const to: Route = { at: 'attributions', place };
  history.replaceState(null, '', addressOf(to));
  route.value = to;
}

function routeOf({ pathname: whole, hash }: Location): Route {
  const pathname = whole.slice(BASE.length);
  const line = /^#(\d+:\d+)$/.exec(hash)?.[1];
  const more = line === undefined ? {} : { line };
  const chapter = /^\/chapters\/(\d{1,6})$/.exec(pathname)?.[1];
  if (chapter !== undefined) return { at: 'chapter', chapter: Number(chapter), ...more };
  if (pathname === '/attributions') return { at: 'attributions', ...(line !== undefined && { place: line }) };
  if (pathname === '/proposals') return { at: 'proposals' };
  if (pathname === '/suspects') return { at: 'suspects', ...more };
  return { at: 'overview' };
}
