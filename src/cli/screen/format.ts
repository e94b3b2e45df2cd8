/** Numbers, durations and text from outside, written for people. */

import { grouped } from '../../deliver/reports/report-text.ts';

export { plain } from '../../errors.ts';
export { grouped };

/** `1:02:03`, `4:05`. Rounded to whole seconds. */
export function clock(seconds: number): string {
  const whole = Math.round(seconds);
  const two = (value: number): string => String(value % 60).padStart(2, '0');
  const minutes = Math.floor(whole / 60);
  return minutes < 60 ? `${minutes}:${two(whole)}` : `${Math.floor(minutes / 60)}:${two(minutes)}:${two(whole)}`;
}

/** A length of time in words: `45 s`, `12 min 32 s`, `1 h 5 min`; Chinese: `12 分 32 秒`. Rounded to whole seconds. */
export function duration(seconds: number, language: 'en' | 'zh' = 'en'): string {
  const whole = Math.round(seconds);
  const [hours, minutes, rest] = [Math.floor(whole / 3_600), Math.floor(whole / 60) % 60, whole % 60];
  const units = language === 'zh' ? ['小时', '分', '秒'] : ['h', 'min', 's'];
  // Beside hours, seconds say nothing.
  const parts = hours > 0 ? [hours, minutes, 0] : [0, minutes, rest];
  const words = parts.flatMap((count, at) => (count === 0 ? [] : [`${count} ${units[at]}`]));
  return words.length === 0 ? `0 ${units[2]}` : words.join(' ');
}

/** `1 voice`, `3 voices`. */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${grouped(value)} ${value === 1 ? one : many}`;
}
