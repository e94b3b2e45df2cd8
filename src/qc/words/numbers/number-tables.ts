/** The words of numbers, by language, in small letters without accents: cardinals, ordinals, every gender and case. Pure. */

/** How a language builds its numbers. */
export interface NumberTable {
  /** `value pattern; …`: what adds its value; the patterns match whole words or parts of one. */
  adds: string;
  /** `value pattern; …`: what multiplies what is before it. */
  scales: string;
  /** Source of what joins two parts of one number; absent: nothing does. */
  link?: string;
  /** What may end a number word that is not in the table: those of ordinals and decades. */
  endings?: readonly RegExp[];
  /** `zweiundvierzig`: the unit is before the ten. */
  isUnitFirst?: true;
  /** `quatre-vingt-dix-sept`: twenties are counted, and a ten goes on to 19. */
  isByTwenties?: true;
  /** Each character is a token, and 十 multiplies, too. */
  isByCharacter?: true;
}

const GERMAN: NumberTable = {
  adds: `
    0 null; 1 ein(?:s|e[nrms]?)?|erst; 2 zwei|zwo; 3 drei|dritt; 4 vier; 5 funf; 6 sechs; 7 sieben|siebt; 8 acht;
    9 neun; 10 zehn; 11 elf; 12 zwolf; 13 dreizehn; 14 vierzehn; 15 funfzehn; 16 sechzehn; 17 siebzehn;
    18 achtzehn; 19 neunzehn; 20 zwanzig; 30 dreissig|dreizig; 40 vierzig; 50 funfzig; 60 sechzig; 70 siebzig;
    80 achtzig; 90 neunzig`,
  scales: '100 hundert; 1000 tausend|tsd; 1000000 million(?:en)?|mio; 1000000000 milliarden?|mrd',
  link: 'und',
  endings: [/ste[nrsm]?$/, /te[nrsm]?$/, /e[nrsm]?$/, /ern?$/],
  isUnitFirst: true,
};

const FRENCH: NumberTable = {
  adds: `
    0 zero; 1 une?|premiers?|premieres?; 2 deux|seconde?s?; 3 trois; 4 quatre?; 5 cinqu?; 6 six; 7 sept; 8 huit;
    9 neuf|neuv; 10 dix; 11 onze?; 12 douze?; 13 treize?; 14 quatorze?; 15 quinze?; 16 seize?; 20 vingts?;
    30 trente?; 40 quarante?; 50 cinquante?; 60 soixante?; 70 septante?; 80 huitante?|octante?; 90 nonante?`,
  scales: '100 cents?; 1000 mill?e?; 1000000 millions?; 1000000000 milliards?',
  link: 'et',
  endings: [/iemes?$/],
  isByTwenties: true,
};

const SPANISH: NumberTable = {
  adds: `
    0 cero; 1 un[oa]?|primer[oa]?s?; 2 dos|segund[oa]s?; 3 tres|tercer[oa]?s?; 4 cuatro|cuart[oa]s?;
    5 cinco|quint[oa]s?; 6 seis|sext[oa]s?; 7 siete|septim[oa]s?; 8 ocho|octav[oa]s?; 9 nueve|noven[oa]s?;
    10 diez|decim[oa]s?; 10 decim[oa]; 11 once|undecim[oa]s?; 12 doce|duodecim[oa]s?; 13 trece; 14 catorce;
    15 quince; 16 dieciseis; 17 diecisiete; 18 dieciocho; 19 diecinueve; 20 veinte|vigesim[oa]s?|veinti;
    30 treinta|trigesim[oa]s?; 40 cuarenta|cuadragesim[oa]s?; 50 cincuenta|quincuagesim[oa]s?;
    60 sesenta|sexagesim[oa]s?; 70 setenta|septuagesim[oa]s?; 80 ochenta|octogesim[oa]s?;
    90 noventa|nonagesim[oa]s?; 100 cien(?:to)?|centesim[oa]s?; 200 doscient[oa]s; 300 trescient[oa]s;
    400 cuatrocient[oa]s; 500 quinient[oa]s; 600 seiscient[oa]s; 700 setecient[oa]s; 800 ochocient[oa]s;
    900 novecient[oa]s`,
  scales: '1000 milesim[oa]s?|mil; 1000000 millon(?:es)?',
  link: 'y',
};

const ITALIAN: NumberTable = {
  adds: `
    0 zero; 1 un[oa]?|prim[oaie]; 2 second[oaie]|due?; 3 tre|terz[oaie]; 4 quattro?|quart[oaie];
    5 cinque?|cinqu|quint[oaie]; 6 sei|sest[oaie]; 7 settim[oaie]|sette?; 8 ottav[oaie]|otto?; 9 nove?|non[oaie];
    10 dieci|decim[oaie]; 11 undici?; 12 dodici?; 13 tredici?; 14 quattordici?; 15 quindici?; 16 sedici?;
    17 diciassette?; 18 diciotto?; 19 diciannove?; 20 venti?; 30 trenta?; 40 quaranta?; 50 cinquanta?;
    60 sessanta?; 70 settanta?; 80 ottanta?; 90 novanta?`,
  scales: '100 cento; 100 cent; 1000 mille?|mila?; 1000000 milion[ei]; 1000000000 miliard[oi]',
  link: 'e',
  endings: [/esim[oaie]$/],
};

const PORTUGUESE: NumberTable = {
  adds: `
    0 zero; 1 uma?|primeir[oa]s?; 2 dois|duas|segund[oa]s?; 3 tres|terceir[oa]s?; 4 quatro|quart[oa]s?;
    5 cinco|quint[oa]s?; 6 seis|meia|sext[oa]s?; 7 sete|setim[oa]s?; 8 oito|oitav[oa]s?; 9 nove|non[oa]s?;
    10 dez|decim[oa]s?; 11 onze; 12 doze; 13 treze; 14 (?:qua|ca)torze; 15 quinze; 16 dez[ea]sseis;
    17 dez[ea]ssete; 18 dezoito; 19 dez[ea]nove; 20 vinte|vigesim[oa]s?; 30 trinta|trigesim[oa]s?;
    40 quarenta|quadragesim[oa]s?; 50 cinquenta|quinquagesim[oa]s?; 60 sessenta|sexagesim[oa]s?;
    70 setenta|septuagesim[oa]s?; 80 oitenta|octogesim[oa]s?; 90 noventa|nonagesim[oa]s?;
    100 cem|cento|centesim[oa]s?; 200 duzent[oa]s; 300 trezent[oa]s; 400 quatrocent[oa]s; 500 quinhent[oa]s;
    600 seiscent[oa]s; 700 setecent[oa]s; 800 oitocent[oa]s; 900 novecent[oa]s`,
  scales: '1000 milesim[oa]s?|mil; 1000000 milh(?:ao|oes); 1000000000 bil[hi](?:ao|oes)',
  link: 'e',
};

const RUSSIAN: NumberTable = {
  adds: `
    0 н[оу]л[ьяюе]?(?:м|в\\p{L}+)?; 1 один|одн\\p{L}{1,3}|перв\\p{L}{2,3};
    2 дв(?:а|е|ух|ум|умя|ое|оих)|втор\\p{L}{2,3}; 3 тр(?:и|ех|ем|емя|ое|оих)|трет(?:ий|ь\\p{L}{1,3});
    4 четыр(?:е|ех|ем|ьмя)|четверт\\p{L}{2,3}|четверо|четверых; 5 пят(?:ь|и|ью|\\p{L}{2,3});
    6 шест(?:ь|и|ью|\\p{L}{2,3}); 7 сем(?:ь|и|ью)|седьм\\p{L}{2,3}|семеро|семерых;
    8 вос(?:емь|ьми|емью|ьмью)|восьм\\p{L}{2,3}; 9 девят(?:ь|и|ью|\\p{L}{2,3}); 10 десят(?:ь|и|ью|\\p{L}{2,3});
    11 одиннадцат\\p{L}+; 12 двенадцат\\p{L}+; 13 тринадцат\\p{L}+; 14 четырнадцат\\p{L}+; 15 пятнадцат\\p{L}+;
    16 шестнадцат\\p{L}+; 17 семнадцат\\p{L}+; 18 восемнадцат\\p{L}+; 19 девятнадцат\\p{L}+; 20 двадцат\\p{L}+;
    30 тридцат\\p{L}+; 40 сороков\\p{L}{2,3}|сорока?; 50 пят(?:ьдесят|идесят\\p{L}*|ьюдесятью);
    60 шест(?:ьдесят|идесят\\p{L}*|ьюдесятью); 70 сем(?:ьдесят|идесят\\p{L}*|ьюдесятью);
    80 вос(?:емьдесят|ьмидесят\\p{L}*|емьюдесятью|ьмьюдесятью); 90 девяност\\p{L}+; 100 ст[оа]|сот\\p{L}{2,3};
    200 двести|двухсот\\p{L}*|двумстам|двумястами|двухстах; 300 триста|трехсот\\p{L}*|тремстам|тремястами|трехстах;
    400 четыреста|четырехсот\\p{L}*|четыремстам|четырьмястами|четырехстах;
    500 пят(?:ьсот|исот\\p{L}*|истам|ьюстами|истах); 600 шест(?:ьсот|исот\\p{L}*|истам|ьюстами|истах);
    700 сем(?:ьсот|исот\\p{L}*|истам|ьюстами|истах);
    800 вос(?:емьсот|ьмисот\\p{L}*|ьмистам|емьюстами|ьмьюстами|ьмистах);
    900 девят(?:ьсот|исот\\p{L}*|истам|ьюстами|истах)`,
  scales: `
    1000 тысяч\\p{L}*|тыс; 1000000 миллион\\p{L}*|млн; 1000000000 миллиард\\p{L}*|млрд`,
};

const CHINESE: NumberTable = {
  adds: `
    0 [〇零]; 1 [一壹幺]; 2 [二贰貳两兩]; 3 [三叁參]; 4 [四肆]; 5 [五伍]; 6 [六陆陸]; 7 [七柒]; 8 [八捌]; 9 [九玖]`,
  scales: '10 [十拾]; 100 [百佰]; 1000 [千仟]; 10000 [万萬]; 100000000 [亿億]; 1000000000000 兆',
  isByCharacter: true,
};

const KOREAN: NumberTable = {
  adds: `
    0 [영공]; 1 일|하나|한|첫; 2 이|둘|두; 3 삼|셋|세|석; 4 사|넷|네|넉; 5 오|다섯; 6 [육륙]|여섯; 7 칠|일곱; 8 팔|여덟; 9 구|아홉; 10 열; 20 스물|스무;
    30 서른; 40 마흔; 50 쉰; 60 예순; 70 일흔; 80 여든; 90 아흔`,
  scales: '10 십; 100 백; 1000 천; 10000 만; 100000000 억; 1000000000000 조',
  isByCharacter: true,
};

/** By ISO code. Numbers of other languages may be heard as anything. */
export const NUMBER_TABLES: Readonly<Record<string, NumberTable>> = {
  de: GERMAN,
  fr: FRENCH,
  es: SPANISH,
  it: ITALIAN,
  pt: PORTUGUESE,
  ru: RUSSIAN,
  zh: CHINESE,
  ja: CHINESE,
  ko: KOREAN,
};
