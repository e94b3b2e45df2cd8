/** Whether a book's language (an ISO code) is Chinese: then what is written beside it for people is Chinese, otherwise English. Pure. */
export function isChinese(language: string | undefined): boolean {
  return /^zh\b/i.test(language ?? '');
}
