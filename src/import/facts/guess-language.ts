/** Guesses the language of a text by its script and its commonest words. Pure. */

/** A guess. */
export interface LanguageGuess {
  /** ISO 639-1. */
  language: string;
  /** It is plainly this language: enough words, and no other comes near. */
  isPlain: boolean;
}

/** So many characters are looked at, in pieces from the whole text. */
const SAMPLE = 24_000;
const PIECES = 12;
/** Fewer words or characters may be a name or a quotation. */
const ENOUGH_WORDS = 40;
const ENOUGH_CHARACTERS = 60;
/** Fewer words say nothing. */
const FEWEST_WORDS = 4;

/** The language of a text; undefined when nothing speaks for one. */
export function guessLanguage(text: string): LanguageGuess | undefined {
  const sample = sampleIn(text);
  const scripts = SCRIPTS.map(([language, script]) => ({ language, count: sample.match(script)?.length ?? 0 }));
  // A letter of these scripts says as much as two or three Latin ones: names in Latin letters stand among them.
  const weight = ({ language, count }: (typeof scripts)[0]): number =>
    language === 'han' ? 3 * count : language === 'ko' ? 2 * count : count;
  const most = scripts.reduce((best, one) => (weight(one) > weight(best) ? one : best));
  const all = sample.match(/\p{L}/gu)?.length ?? 0;
  if (all === 0) return undefined;
  if (most.language === 'latin') return byWords(sample);
  const isPlain = most.count >= ENOUGH_CHARACTERS && most.count > all * 0.6;
  if (most.language === 'han') {
    const kana = sample.match(/[\p{Script=Hiragana}\p{Script=Katakana}]/gu)?.length ?? 0;
    return { language: kana > most.count * 0.08 ? 'ja' : 'zh', isPlain: isPlain || kana + most.count > all * 0.6 };
  }
  if (most.language === 'cyrillic') return { language: cyrillic(sample), isPlain };
  return { language: most.language, isPlain };
}

function sampleIn(text: string): string {
  if (text.length <= SAMPLE) return text;
  const step = Math.floor(text.length / PIECES);
  const pieces = Array.from({ length: PIECES }, (_, index) => text.slice(index * step, index * step + SAMPLE / PIECES));
  return pieces.join(' ');
}

const SCRIPTS: readonly (readonly [language: string, script: RegExp])[] = [
  ['latin', /\p{Script=Latin}/gu],
  ['han', /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/gu],
  ['ko', /\p{Script=Hangul}/gu],
  ['cyrillic', /\p{Script=Cyrillic}/gu],
  ['el', /\p{Script=Greek}/gu],
  ['ar', /\p{Script=Arabic}/gu],
  ['he', /\p{Script=Hebrew}/gu],
  ['th', /\p{Script=Thai}/gu],
  ['hi', /\p{Script=Devanagari}/gu],
];

/** Ukrainian and Bulgarian have letters, or miss some, that Russian does not. */
function cyrillic(text: string): string {
  const count = (letters: RegExp): number => text.match(letters)?.length ?? 0;
  if (count(/[іїєґ]/giu) > count(/[ыэё]/giu)) return 'uk';
  return count(/[ыэё]/giu) === 0 && count(/ъ/giu) > text.length * 0.005 ? 'bg' : 'ru';
}

/** The commonest words of each language in stories; a word of two languages counts for both. */
const WORDS: Readonly<Record<string, string>> = {
  en: 'the and of to a in that it was he his with as had for at not on but she her him they you is be have from were there this would which said an by all what one so my me we are when out up no if been who did could them then come go good yes very just like know got get into over back down only some little more other now looked asked nothing happened your dont',
  de: 'und der die das ich nicht sie er es ist in den zu war mit dem ein eine von sich auf hatte auch wie aber als nur noch so wenn wir was im hat an du mir mich ihr ihm ihn sein sind des einen einer einem doch dann schon kein nach über für bei aus haben wird',
  es: 'que de la y el en a no los se las lo un una por con su le es del para como al más pero me era si ya había muy sin sus yo cuando este ha todo o qué tan hasta sobre también fue esta porque estaba dijo desde nos todos eso ni él ella nadie nada casa',
  fr: "de la le et les il que à des un une en elle ne pas qui se est dans du ce je son sur avec plus lui était au pour sa comme mais vous on nous cette avait par tout ses si y a aux ou même bien dit où sans c'est fait moi leur d'un qu'il j'ai n'est être",
  it: "di che e la il un non una è per in si le con lo da i mi era come ma del della al nel più a gli se ha dei alla sono suo sua aveva io disse anche questo lei l'aveva ne cosa quando delle sul due dal nella poi tutto o ci perché lui così dell",
  pt: 'que de a o e não do da um uma se os em para com as no na por mais dos como mas ao ele ela era foi seu sua já estava à ou quando muito me isso eu nos também só pelo pela até isto havia tinha sem lhe disse ser são às você está tudo depois num',
  id: 'yang dan di itu tidak ke dengan ini dari untuk dia aku ada pada akan sudah saya juga mereka kami bisa tak lagi karena seperti oleh anak orang kita telah hanya satu ketika kepada adalah atau saja dalam harus masih belum sebuah lalu tetapi bukan',
  nl: 'de het een en van ik niet dat te is in hij zijn die op met was voor er aan haar ze maar had hem om als je ook naar nog dan wat zo over heeft bij uit of nu toch geen werd kon zou mijn waren',
  sv: 'och att det i en som han jag inte på är var den till med hon för av så men ett om hade de sig från vi du har honom kunde skulle när nu där eller bara sin över ut upp mig än vad',
  da: 'og at det i en han jeg ikke på er var den til med hun for af så men et om havde de sig fra vi du har ham kunne skulle når nu der eller kun sin over ud op mig end hvad blev',
  pl: 'i w nie się na z że to jest do jak a o co ale był po tak za go już od jej jego przez było tylko mi czy dla ich sobie jeszcze była przed bez może być gdy który która',
  ro: 'și de în a la nu că pe cu o un din ce se să am mai era ca l-a el ea îi lui sau dar fi fost pentru care sunt după îmi tot când ei o să',
  tr: 'bir ve bu da de o ne için çok daha gibi ama ben değil mi var kadar sonra olarak her ki onu diye olan en sen şey bana onun bile ya hiç şimdi',
  vi: 'và của là có không được một những trong cho với người đã này khi các đó anh như để tôi nó cũng thì lại ra ở về vào rồi cô đến chỉ sẽ ông',
  cs: 'a se v na je že to s z do o jsem ale jako byl po tak by si co za ho už jeho jen od když nebo ještě byla jí mu pro bylo není který kde',
  fi: 'ja on ei se hän oli että mutta en kun niin minä kuin myös mitä nyt sen ole jo vain sitten joka hänen olisi vielä sitä siitä tämä olen jos me he',
};

const LISTS = Object.entries(WORDS).map(([language, words]) => ({ language, words: new Set(words.split(' ')) }));

/** Letters and signs that few languages write: each counts as so many words. */
const SIGNS: readonly (readonly [language: string, sign: RegExp, weight: number])[] = [
  ['de', /ß|[äöü](?=\p{Ll})|„/gu, 0.3],
  ['es', /[ñ¿¡]/giu, 1],
  ['es', /[áíóú]/giu, 0.2],
  ['pt', /[ãõ]|ção/giu, 0.7],
  ['fr', /[œêèùû]|\b[cdjlnqs][’']|ç/giu, 0.3],
  ['it', /[ìò]|\b(?:dell|nell|all|un|quell)[’']/giu, 0.6],
  ['pl', /[łżęąśćńź]/giu, 0.5],
  ['tr', /[ğşı]/gu, 0.5],
  ['vi', /[ạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹđ]/giu, 0.5],
  ['cs', /[řěůčž]/giu, 0.5],
  ['ro', /[țșă]/giu, 0.5],
  ['sv', /[åäö]/giu, 0.1],
  ['da', /[åæø]/giu, 0.3],
  ['fi', /ää|öö|yy|ii/giu, 0.3],
];

function byWords(text: string): LanguageGuess | undefined {
  const words =
    text
      .toLowerCase()
      .replaceAll('’', "'")
      .match(/[\p{L}\p{M}]+(?:'[\p{L}]+)?/gu) ?? [];
  const scores = LISTS.map(({ language, words: known }) => {
    const found = words.reduce((sum, word) => sum + (known.has(word) ? 1 : 0), 0);
    const signs = SIGNS.filter(([of]) => of === language);
    const extra = signs.reduce((sum, [, sign, weight]) => sum + (text.match(sign)?.length ?? 0) * weight, 0);
    return { language, score: found + Math.min(extra, words.length * 0.3) };
  }).sort((a, b) => b.score - a.score);
  const [first, second] = scores as [(typeof scores)[0], (typeof scores)[0]];
  const isLikely = words.length >= FEWEST_WORDS && first.score >= Math.max(1, words.length * 0.15);
  if (!isLikely || second.score > first.score * 0.9) return undefined;
  const isPlain =
    words.length >= ENOUGH_WORDS && first.score >= words.length * 0.2 && second.score < first.score * 0.75;
  return { language: first.language, isPlain };
}
