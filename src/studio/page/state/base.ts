/** Where this page is served: alone, or as the studio of one book of a watched folder. */

/** Begins every address of this book's studio: empty, or `/books/ID`. */
export const BASE = /^\/books\/[0-9a-f]{24}(?=\/|$)/.exec(location.pathname)?.[0] ?? '';

/** Whether this page shows all books of a watched folder. */
export const SHOWS_BOOKS = document.documentElement.dataset['place'] === 'books';
