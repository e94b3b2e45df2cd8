/** Who says a quotation, as the words beside it tell, in Chinese, Japanese and Korean. Pure. */

import type { Sayer } from './sayer.ts';
import { SAYING_VERBS } from './saying-verbs.ts';

/** The sayer; undefined when nothing tells. */
export function unspacedSayer({
  after,
  before,
  language,
}: {
  after: string | undefined;
  before: string | undefined;
  language: 'zh' | 'ja' | 'ko';
}): Sayer | undefined {
  const { narrator, unnamed, names } = SHAPES[language];
  for (const [text, at] of [
    [after, 'after'],
    [before, 'before'],
  ] as const) {
    if (text === undefined) continue;
    const near = at === 'after' ? text.slice(0, 80) : text.slice(-80);
    if (narrator[at].test(near)) return { kind: 'narrator' };
    const said = unnamed[at].exec(near)?.[0];
    if (said !== undefined) return unnamedOf(said);
    const name = names[at].exec(near)?.[1];
    if (name !== undefined && !NOT_A_NAME[language].test(name)) return { kind: 'name', name };
  }
  return after === undefined || before === undefined ? undefined : sayerAround({ after, before, language });
}

/** 영희는 “아니”라고 대답했다, 花子は「いいえ」と答えた: the name before the quotation, the verb behind it. */
function sayerAround({
  after,
  before,
  language,
}: {
  after: string;
  before: string;
  language: 'zh' | 'ja' | 'ko';
}): Sayer | undefined {
  const shape = AROUND[language];
  if (shape === undefined || !shape.after.test(after.slice(0, 40))) return undefined;
  const name = shape.before.exec(before.slice(-60))?.[1];
  if (name === undefined) return undefined;
  const [own, others] = language === 'ja' ? [JA_I, JA_PRONOUN] : [KO_I, KO_PRONOUN];
  if (new RegExp(`^${own}$`, 'u').test(name)) return { kind: 'narrator' };
  if (new RegExp(`^${others}$`, 'u').test(name)) return unnamedOf(name);
  return NOT_A_NAME[language].test(name) ? undefined : { kind: 'name', name };
}

function unnamedOf(said: string): Sayer {
  if (/她|彼女|그녀/.test(said)) return { kind: 'unnamed', gender: 'f' };
  return { kind: 'unnamed', ...(/他(?!们|們)|彼(?!女)|그(?![녀들])/.test(said) && { gender: 'm' as const }) };
}

interface Places {
  after: RegExp;
  before: RegExp;
}

const HAN = '\\p{Script=Han}';
/** How somebody says it: 笑着, 小声, 高兴地, 回头, 又. */
const ZH_HOW = `(?:(?:${HAN}{1,5}[地着著])|(?:${HAN}{0,3}(?:一声|一聲|起来|起來|起头|起頭|过头|回头|摇头|搖頭|点头|點頭|出声))|笑|微笑|苦笑|冷笑|大笑|大声|大聲|小声|小聲|低声|低聲|轻声|輕聲|高声|高聲|柔声|厉声|沉声|连忙|連忙|急忙|赶忙|忙|也|又|便|就|却|卻|立刻|马上|忽然|突然|终于|終於|不禁|只|还|還|再|接着|随即|这时|悄悄|淡淡|慢慢|认真|向他|向她|对他|对她|对我|對他|對她|对大家|问他|哭|怒|急|叹气|嘆氣|叹了口气|嘆了口氣|想了想)`;
const ZH_NAME = `(?:老|小|阿)?${HAN}{1,3}?(?:先生|太太|小姐|医生|醫生|老师|老師|大爷|大娘|大叔|大婶|阿姨|叔叔|爷爷|奶奶|队长|经理|校长|师傅|姑娘)|${HAN}{2,4}?`;
const ZH_SAYS = `(?:${ZH_HOW}[，]?){0,3}${SAYING_VERBS.zh}(?:着|了|着说|了一句|了一声)?`;
const ZH_PRONOUN =
  '(?:他们|她们|他|她|它|有人|谁|誰|大家|众人|那人|那个?男人|那个?女人|老人|孩子|女孩|男孩|对方|母亲|父亲|妈妈|爸爸|爷爷|奶奶|哥哥|姐姐|弟弟|妹妹|他(?:弟弟|哥哥|妈妈|爸爸|妻子)|她(?:弟弟|哥哥|妈妈|爸爸|丈夫)|医生|老师|警长|警察|服务员|司机|老板|厨娘|上校|队长|店主|老头|老太太|那声音|声音|其中一个人)';

const JA_NAME = `(?:[${'\\p{Script=Han}'}\\p{Script=Katakana}ー]{1,10}|\\p{Script=Hiragana}{2,6}(?=さん|くん|ちゃん|様|先生))(?:さん|君|くん|ちゃん|様|先生|氏|殿)?`;
const JA_SAYS = `[^。「」]{0,24}?${SAYING_VERBS.ja}`;
const JA_PRONOUN =
  '(?:彼女|彼ら|彼|誰か|相手|男|女|老人|少年|少女|母|父|兄|姉|弟|妹|祖母|祖父|店員|運転手|子供|子ども)';
const JA_I = '(?:私|僕|俺|わたし|ぼく|おれ|あたし)';

const KO_NAME =
  '(?:[가-힣]{2,4}?(?:\\s?(?:씨|님|선생|선생님|아저씨|아주머니|할머니|할아버지|사장|과장|부장|교수|박사))?)';
const KO_SAYS = `[^.!?“”"]{0,30}?${SAYING_VERBS.ko}`;
const KO_PRONOUN =
  '(?:그녀|그들|그|누군가|남자|여자|노인|소년|소녀|아이|아버지|어머니|엄마|아빠|할머니|할아버지|점원|주인|의사|선생님)';
const KO_I = '(?:나|내|저|제)';
const KO_BY = '(?:이|가|은|는|께서|도)';

const SHAPES: Readonly<Record<'zh' | 'ja' | 'ko', { narrator: Places; unnamed: Places; names: Places }>> = {
  zh: {
    narrator: places(`^[，]?我${ZH_SAYS}[。，！？：…]?`, `(?:^|[。！？”」，])\\s*我${ZH_SAYS}[：，:]?\\s*$`),
    unnamed: places(
      `^[，]?${ZH_PRONOUN}${ZH_SAYS}`,
      `(?:^|[。！？”」，])\\s*${ZH_PRONOUN}[^。！？]{0,12}?${SAYING_VERBS.zh}[^。！？]{0,3}[：，:]\\s*$`,
    ),
    names: places(
      `^[，]?(${ZH_NAME})${ZH_SAYS}[。，！？：…]`,
      `(?:^|[。！？”」，])\\s*(${ZH_NAME})${ZH_SAYS}(?:${HAN}{1,4})?[：:，]\\s*$`,
    ),
  },
  ja: {
    narrator: places(
      `^(?:と|って)、?${JA_I}(?:は|が|も)${JA_SAYS}`,
      `(?:^|[。」])\\s*${JA_I}(?:は|が|も)${JA_SAYS}[^。「」]{0,3}[。：、]\\s*$`,
    ),
    unnamed: places(
      `^(?:と|って)、?${JA_PRONOUN}(?:は|が|も)${JA_SAYS}`,
      `(?:^|[。」])\\s*${JA_PRONOUN}(?:は|が|も)${JA_SAYS}[^。「」]{0,3}[。：、]\\s*$`,
    ),
    names: places(
      `^(?:(?:と|って)、?)?(${JA_NAME})(?:(?:は|が|も)${JA_SAYS}|(?<=^(?:と|って)、?[^。、「」]{1,12})(?=[。、]))`,
      `(?:^|[。」])\\s*(${JA_NAME})(?:は|が|も)${JA_SAYS}[^。「」]{0,3}[。：、]\\s*$`,
    ),
  },
  ko: {
    narrator: places(
      `^\\s?(?:이?라고|하고|하며|이?라며)?\\s?${KO_I}(?:는|가)\\s${KO_SAYS}`,
      `(?:^|[.!?”"]\\s)${KO_I}(?:는|가)\\s${KO_SAYS}[^.!?“”"]{0,4}[.,:]\\s*$`,
    ),
    unnamed: places(
      `^\\s?(?:이?라고|하고|하며|이?라며)?\\s?${KO_PRONOUN}${KO_BY}?\\s${KO_SAYS}`,
      `(?:^|[.!?”"]\\s)${KO_PRONOUN}${KO_BY}?\\s${KO_SAYS}[^.!?“”"]{0,4}[.,:]\\s*$`,
    ),
    names: places(
      `^\\s?(?:이?라고|하고|하며|이?라며|이?라면서)?,?\\s?(${KO_NAME})${KO_BY}\\s${KO_SAYS}`,
      `(?:^|[.!?”"]\\s)(${KO_NAME})${KO_BY}\\s${KO_SAYS}[^.!?“”"]{0,4}[.,:]\\s*$`,
    ),
  },
};

const NOT_A_NAME: Readonly<Record<'zh' | 'ja' | 'ko', RegExp>> = {
  zh: /^(?:他|她|它|我|你|您|咱|大家|有人|谁|誰|这|這|那|于是|於是|然后|然後|忽然|突然|接着|只见|只見|一边|一邊|又|便|就|也|还|還|再|不|没|沒|连忙|急忙|终于|最后|可是|但是|低声|小声|大声|轻声|回头|点头|摇头|笑着|哭着|听了|说完|如果|因为|所以|有些|几个|两个|一个|众人|忙|心里|心想)|[着地了的说]$/u,
  ja: /^(?:彼|彼女|誰|何|今|次|最後|一同|全員|皆|声|口|顔|目|頭|手|一人|二人|それ|これ)$|^(?:私|僕|俺)/u,
  ko: /^(?:그|이|저|나|내|제|누가|누군가|모두|다들|우리|당신|그녀|그것|하나|둘|아무도|목소리|얼굴)$/u,
};

const AROUND: Readonly<Partial<Record<'zh' | 'ja' | 'ko', Places>>> = {
  ja: places(`^(?:と|って)、?${JA_SAYS}`, `(?:^|[。」])\\s*(${JA_NAME})(?:は|が|も)[^。「」]{0,16}$`),
  ko: places(
    `^(?:이?라고|하고|하며|이?라며|이?라면서|고)\\s?${KO_SAYS}`,
    `(?:^|[.!?”"]\\s)(${KO_NAME})(?:이|가|은|는|께서)\\s(?:[^.!?“”"]{0,24}\\s)?$`,
  ),
};

function places(after: string, before: string): Places {
  return { after: new RegExp(after, 'u'), before: new RegExp(before, 'u') };
}
