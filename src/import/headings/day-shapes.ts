/** Lines that are a day or a date, as heads of a diary are, in eleven languages. Pure. */

const MONTHS = [
  'january|february|march|april|may|june|july|august|september|october|november|december',
  'januar|februar|märz|mai|juni|juli|oktober|dezember|janvier|février|mars|avril|juin|juillet|août|septembre|octobre|novembre|décembre',
  'enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre|gennaio|febbraio|aprile|maggio|giugno|luglio|settembre|ottobre|dicembre',
  'janeiro|fevereiro|março|maio|junho|julho|setembro|outubro|novembro|dezembro|января|февраля|марта|апреля|мая|июня|июля|августа|сентября|октября|ноября|декабря',
  'januari|februari|maret|mei|agustus|oktober|desember',
].join('|');
const WEEKDAYS = [
  'monday|tuesday|wednesday|thursday|friday|saturday|sunday|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonnabend|sonntag',
  'lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|lunes|martes|miércoles|jueves|viernes|sábado|domingo|lunedì|martedì|mercoledì|giovedì|venerdì|sabato|domenica',
  'segunda-feira|terça-feira|quarta-feira|quinta-feira|sexta-feira|понедельник|вторник|среда|четверг|пятница|суббота|воскресенье|senin|selasa|rabu|kamis|jumat|sabtu|minggu',
].join('|');
const DATE = `(?:\\d{1,2}(?:st|nd|rd|th|er|º|\\.)?\\s+(?:de\\s+|of\\s+)?(?:${MONTHS})|(?:${MONTHS})\\s+(?:the\\s+)?\\d{1,2}(?:st|nd|rd|th)?)(?:,?\\s+(?:de\\s+)?\\d{4})?`;
const DAY = new RegExp(
  `^(?:(?:${WEEKDAYS})(?:,?\\s+(?:the\\s+|den\\s+|le\\s+)?${DATE})?|${DATE})(?:\\s*[.:—–-]?\\s*$|\\s*[:—–]\\s*(?<title>\\S.*)$|(?<=\\d{4}|${MONTHS})\\.\\s+(?<place>\\S.{0,40})$)`,
  'isu',
);
const DAY_HAN =
  /^(?:[\d〇一二三四五六七八九十]{2,4}年)?\s*(?:[\d一二三四五六七八九十]{1,3}月\s*[\d一二三四五六七八九十]{1,3}[日号號]|(?:星期|周|週|禮拜|礼拜)[一二三四五六日天]|[月火水木金土日]曜日|(?:\d{4}년\s*)?\d{1,2}월\s*\d{1,2}일|[월화수목금토일]요일|첫째\s?날|둘째\s?날|셋째\s?날|넷째\s?날|다섯째\s?날)(?:\s*[（(].{1,6}[)）])?(?:\s*$|[\s:：—–-]+(?<title>\S.*)$)/su;

/** How every line begins that `DAY` matches. It is quickly made: `DAY` itself takes longer than the rest of a short command's text. */
const DAY_BEGINS = new RegExp(
  `^(?:\\d|${[...new Set(`${WEEKDAYS}|${MONTHS}`.split('|').map((word) => word.slice(0, 3)))].join('|')})`,
  'iu',
);

/** The title behind a day or a date; undefined for another line. */
export function dayOf(text: string): { title: string | undefined } | undefined {
  const found = (DAY_BEGINS.test(text) ? DAY.exec(text) : null) ?? DAY_HAN.exec(text);
  if (!found || /^\p{Ll}/u.test(text)) return undefined;
  return { title: (found.groups?.['title'] ?? found.groups?.['place'])?.replace(/\.$/, '') };
}
