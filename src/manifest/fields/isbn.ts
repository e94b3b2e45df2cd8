/**
 * The digits of an ISBN-10 or ISBN-13, without hyphens; undefined if the text is none, or its check digit is wrong. Accepts
 * `ISBN 978-…` and `urn:isbn:…`. Nine digits are an ISBN-10 that lost its first zero because YAML read it as a number. Pure.
 */
export function isbnOf(text: string): string | undefined {
  const compact = text
    .trim()
    .replace(/^(?:urn:isbn:|(?:e-?)?isbn(?:-1[03])?\s*:?)\s*/i, '')
    .replace(/[\s\-‐‑–]/gu, '')
    .toUpperCase();
  const digits = /^\d{9}$/.test(compact) ? `0${compact}` : compact;
  if (/^\d{9}[\dX]$/.test(digits)) return sum(digits, (index) => 10 - index) % 11 === 0 ? digits : undefined;
  if (!/^97[89]\d{10}$/.test(digits)) return undefined;
  return sum(digits, (index) => (index % 2 === 0 ? 1 : 3)) % 10 === 0 ? digits : undefined;
}

function sum(digits: string, weight: (index: number) => number): number {
  return [...digits].reduce((total, digit, index) => total + weight(index) * (digit === 'X' ? 10 : Number(digit)), 0);
}
