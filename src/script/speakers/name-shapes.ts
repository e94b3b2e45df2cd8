/** What names and pronouns look like beside a verb of saying, in languages with spaces. Sources of regular expressions. Pure. */
import type { SpeechLanguage } from './saying-verbs.ts';

/** Parts of the patterns of a language. `VERB` stands for its verbs of saying. */
export interface NameShape {
  /** A name with its title: never a pronoun, see `NOT_NAMES`. */
  name: string;
  /** Titles without a full stop. */
  titles: string;
  /** What may stand before a name: an article, a title without a capital. */
  article: string;
  /** One word between verb and name that does not make the name the one who is spoken to. */
  adverb: string;
  /** Words between name and verb. */
  between: string;
  narrator: string;
  he: string;
  she: string;
  /** A sayer without a name. */
  unnamed: string;
}

const WORD = "\\p{Lu}\\p{L}*(?:[’'-](?!s(?!\\p{L}))\\p{L}+)*(?<=\\p{L}{2})";
const INITIAL = '\\p{Lu}\\.';

const SHORT_TITLES =
  'Mr|Mrs|Ms|Dr|Prof|Capt|Col|Sgt|St|Rev|M|MM|Mme|Mlle|Mgr|Me|Sr|Sra|Srta|Dra|Sig|Dott|Avv|D|Hr|Fr|Lt|Gen|Hon';

function nameWith(titles: string, particles: string): string {
  // Only abbreviations have a full stop: “the Lord. He”.
  const title = `(?:(?:(?:${SHORT_TITLES})\\.?|(?:${titles}))\\s)`;
  const one = `(?:${WORD}|${INITIAL})`;
  return `${title}?${WORD}(?:\\s(?:(?:${particles})\\s)?${one}){0,2}|${title}(?:${INITIAL}\\s|${WORD}\\s){0,3}(?:(?:${particles})\\s){0,2}${WORD}|\\p{Lu}(?![\\p{L}.])`;
}

/** Any word but these small ones. */
function anyBut(words: string): string {
  return `(?!(?:${words})\\s)\\p{Ll}[\\p{L}’'-]*`;
}

const EN_TITLES =
  'Miss|Sir|Lady|Lord|Master|Mistress|Captain|Colonel|Major|Sergeant|Father|Mother|Brother|Sister|Aunt|Uncle|Cousin|Doctor|Professor|Inspector|King|Queen|Prince|Princess|Madame|Mademoiselle|Monsieur|Signor|Signora|Signorina|Herr|Frau|Fraulein|Old|Little|Young|Judge|Count|Countess|Duke|Duchess|Baron|Nurse|General|Admiral|Lieutenant';

/** By language. */
export const NAME_SHAPES: Readonly<Record<Exclude<SpeechLanguage, 'zh' | 'ja' | 'ko'>, NameShape>> = {
  en: {
    name: `(?:King|Queen|Knave|Duke|Duchess|Prince|Princess|Earl|Count|Countess)\\sof\\s${WORD}|${nameWith(EN_TITLES, 'de|von|van|der|den|la|le|du')}`,
    titles: EN_TITLES,
    article: 'the|old|young|little|poor|dear',
    adverb: '\\p{Ll}+ly|then|again|at\\slast|old|poor|little|young|good|honest|the\\s(?:old|young|little|poor|good)',
    between:
      '(?:(?:had|then|again|also|only|just|now|once|still|at\\slast|would|never|always|\\p{Ll}+ly|at\\sonce|suddenly|almost|merely|even|simply)(?:\\s\\p{Ll}+ly)?)',
    narrator: 'VERB\\s(?:\\p{Ll}+ly\\s)?I|I\\s(?:(?:had|then|again|only|\\p{Ll}+ly)\\s)?VERB',
    he: 'he|man|boy|gentleman|father|brother|uncle|husband|son|fellow|lad|king|lord|captain|doctor|clergyman|waiter|footman|butler|master|sir|guardian',
    she: 'she|woman|girl|lady|mother|sister|aunt|wife|daughter|queen|maid|mistress|nurse|widow|landlady|housekeeper|duchess|countess',
    unnamed:
      "(?:[Hh]e|[Ss]he|[Tt]hey|[Ww]e|[Ii]t|[Oo]ne|[Ee]veryone|[Nn]obody|[Ss]omebody|who)\\s(?:\\p{Ll}+\\s){0,2}?VERB|VERB\\s(?:\\p{Ll}+ly\\s)?(?:he|she|they|we|it|one|(?:the|a|an|his|her|my|their|our|another|some|that|this|both|its)\\s\\p{Ll}+(?:[\\s-]\\p{Ll}+){0,6}|one\\sof\\s\\p{L}+(?:\\s\\p{Ll}+){0,2})|VERB\\s\\p{Lu}\\p{L}+\\s?[’']?\\s?s\\s\\p{Ll}+|(?:[Tt]he|[Aa]n?|[Hh]is|[Hh]er|[Mm]y|[Tt]heir|[Oo]ur|[Aa]nother)\\s(?:\\p{Ll}+\\s){1,3}?VERB",
  },
  de: {
    name: nameWith(
      'Herr|Herrn|Frau|Fräulein|Doktor|Dr|Prof|Professor|Graf|Gräfin|Onkel|Tante|Vater|Mutter|Kapitän|Hauptmann|König|Königin|Prinz|Pfarrer|Meister',
      'von|van|de|der',
    ),
    titles:
      'Herr|Herrn|Frau|Fräulein|Doktor|Dr|Prof|Professor|Graf|Gräfin|Onkel|Tante|Vater|Mutter|Kapitän|Hauptmann|König|Königin|Prinz|Pfarrer|Meister',
    article: 'der\\salte|die\\salte|der\\skleine|die\\skleine',
    adverb: anyBut(
      'zu|an|mit|von|der|die|das|den|dem|ein|eine|einer|er|sie|es|ich|wir|man|in|auf|bei|über|für|sein|ihr|seine|ihre|mein|meine',
    ),
    between: '(?:(?:hatte|dann|da|nur|leise|laut|plötzlich|schließlich|auch|noch|wieder)(?:\\s\\p{Ll}+)?)',
    narrator: 'VERB\\sich|ich\\sVERB|Ich\\sVERB',
    he: 'er|Mann|Junge|Vater|Bruder|Onkel|Herr',
    she: 'sie|Frau|Mädchen|Mutter|Schwester|Tante|Dame',
    unnamed:
      'VERB\\s(?:er|sie|es|man|(?:der|die|das|ein|eine|sein|seine|ihr|ihre)\\s\\p{L}+)|(?:er|sie)\\sVERB|(?:der|die|das|ein|eine|sein|ihre|seine|ihr)\\s\\p{L}+\\sVERB',
  },
  fr: {
    name: nameWith(
      'M|MM|Mme|Mlle|Mgr|Dr|Me|Monsieur|Madame|Mademoiselle|monsieur|madame|mademoiselle|docteur|Docteur|oncle|tante|père|mère|maître|capitaine|comte|comtesse',
      "de|du|des|la|le|d[’']|von",
    ),
    titles:
      'M|MM|Mme|Mlle|Mgr|Dr|Me|Monsieur|Madame|Mademoiselle|monsieur|madame|mademoiselle|docteur|Docteur|oncle|tante|père|mère|maître|capitaine|comte|comtesse',
    article: "le\\svieux|la\\svieille|le\\spetit|la\\spetite|le|la|l[’']|l",
    adverb: anyBut('à|au|aux|de|du|des|le|la|les|un|une|en|sur|avec|pour|il|elle|je|son|sa|ses|mon|ma|en'),
    between: "(?:a|avait|alors|enfin|ne|se|lui|leur|s[’'])",
    narrator:
      "(?:dis|répondis|repris|fis|poursuivis|interrompis)-je|(?:demandai|criai|murmurai|m[’']écriai|m[’']exclamai|ajoutai|répliquai|continuai|expliquai|soufflai|chuchotai|répétai|protestai|insistai|lançai)-je|ai-je\\s\\p{Ll}+|je\\s(?:dis|répondis|demandai|criai|murmurai|m[’']écriai)",
    he: 'il|homme|garçon|père|frère|oncle|vieux|monsieur',
    she: 'elle|femme|fille|mère|sœur|tante|vieille|dame',
    unnamed:
      "VERB-t?-?(?:il|elle|on|ils|elles)|VERB\\s(?:le|la|les|l[’']|un|une|son|sa|mon|ma)\\s?\\p{Ll}+|(?:il|elle|on)\\s(?:lui\\s|se\\s)?VERB",
  },
  es: {
    name: nameWith(
      'Sr|Sra|Srta|Dr|Dra|Don|Doña|don|doña|señor|señora|señorita|Señor|Señora|tío|tía|padre|madre|fray|sor|capitán|doctor|doctora',
      'de|del|la|las|los|de\\sla',
    ),
    titles:
      'Sr|Sra|Srta|Dr|Dra|Don|Doña|don|doña|señor|señora|señorita|Señor|Señora|tío|tía|padre|madre|fray|sor|capitán|doctor|doctora',
    article: 'el|la|el\\sviejo|la\\svieja|el\\sjoven|la\\sjoven|el\\spequeño|la\\spequeña',
    adverb: `(?:por\\sfin|al\\sfin|de\\spronto|en\\svoz\\s\\p{Ll}+|${anyBut('a|al|de|del|con|en|el|la|los|las|un|una|él|ella|yo|su|sus|mi|para|por|que|lo|ellos')})`,
    between: '(?:(?:le|les|me|se|entonces|ya|no|había|también)(?:\\s\\p{Ll}+)?)',
    narrator:
      '(?:le\\s|les\\s)?(?:dije|pregunté|respondí|contesté|exclamé|grité|murmuré|susurré|añadí|repliqué|repuse|repetí|insistí|expliqué|pensé|admití|confesé|protesté)(?:\\syo)?|VERB\\syo',
    he: 'él|hombre|muchacho|chico|padre|hermano|tío|viejo|señor',
    she: 'ella|mujer|muchacha|chica|madre|hermana|tía|vieja|señora',
    unnamed:
      'VERB\\s(?:\\p{Ll}+\\s)?(?:él|ella|ellos|ellas|usted)|VERB\\s(?:el|la|los|las|un|una|su|mi)\\s\\p{Ll}+|VERB',
  },
  it: {
    name: nameWith(
      'Sig|Dott|Prof|Avv|Don|Donna|don|donna|signor|signora|signorina|Signor|Signora|zio|zia|padre|madre|dottor|dottoressa|professor|fra|suor|conte|contessa|capitano',
      "di|de|del|della|da|dal|D[’']",
    ),
    titles:
      'Sig|Dott|Prof|Avv|Don|Donna|don|donna|signor|signora|signorina|Signor|Signora|zio|zia|padre|madre|dottor|dottoressa|professor|fra|suor|conte|contessa|capitano',
    article: "il|la|lo|l[’']|il\\svecchio|la\\svecchia|il\\spiccolo|la\\spiccola",
    adverb: anyBut('a|al|alla|allo|ai|di|del|con|il|la|lo|le|gli|un|una|lui|lei|io|suo|sua|mio|mia|in|per|tra|che'),
    between: '(?:(?:gli|le|mi|si|allora|poi|non|aveva|anche)(?:\\s\\p{Ll}+)?)',
    narrator:
      '(?:gli\\s|le\\s)?(?:dissi|risposi|chiesi|domandai|esclamai|gridai|mormorai|sussurrai|aggiunsi|replicai|ribattei|ripetei|insistetti|spiegai|pensai|ammisi|confessai)(?:\\sio)?|VERB\\sio',
    he: 'lui|egli|uomo|ragazzo|padre|fratello|zio|vecchio|signore',
    she: 'lei|ella|donna|ragazza|madre|sorella|zia|vecchia|signora',
    unnamed:
      "VERB\\s(?:\\p{Ll}+\\s)?(?:lui|lei|egli|ella|loro)|VERB\\s(?:il|la|lo|l[’']|i|le|un|una|suo|sua)\\s?\\p{Ll}+|VERB",
  },
  pt: {
    name: nameWith(
      'Sr|Sra|Srta|Dr|Dra|D|Dom|Dona|dona|dom|senhor|senhora|Senhor|Senhora|seu|tio|tia|padre|madre|frei|capitão|doutor|doutora',
      'da|de|do|das|dos',
    ),
    titles:
      'Sr|Sra|Srta|Dr|Dra|D|Dom|Dona|dona|dom|senhor|senhora|Senhor|Senhora|seu|tio|tia|padre|madre|frei|capitão|doutor|doutora',
    article: 'o|a|o\\svelho|a\\svelha|o\\spequeno|a\\spequena|o\\sjovem|a\\sjovem',
    adverb: anyBut('a|ao|à|aos|de|do|da|com|o|os|as|um|uma|ele|ela|eu|seu|sua|meu|minha|em|para|por|que|lhe'),
    between: '(?:(?:lhe|lhes|me|se|então|já|não|tinha|também)(?:\\s\\p{Ll}+)?)',
    narrator:
      'VERB\\seu|(?:respondi|perguntei|exclamei|gritei|murmurei|sussurrei|acrescentei|repliquei|repeti|insisti|expliquei|pensei|admiti|confessei|protestei)(?:-lhe)?(?:\\seu)?|eu\\s(?:disse|respondi|perguntei)|Eu\\s(?:disse|respondi|perguntei)',
    he: 'ele|homem|rapaz|menino|pai|irmão|tio|velho|senhor',
    she: 'ela|mulher|moça|menina|mãe|irmã|tia|velha|senhora',
    unnamed:
      'VERB\\s(?:\\p{Ll}+\\s)?(?:ele|ela|eles|elas)|VERB\\s(?:o|a|os|as|um|uma|seu|sua|meu|minha)\\s\\p{Ll}+|VERB',
  },
  ru: {
    name: nameWith(
      'господин|госпожа|граф|графиня|князь|княгиня|дядя|тётя|тетя|дед|бабушка|доктор|капитан|отец|мать|товарищ',
      '\\b\\B',
    ),
    titles: 'господин|госпожа|граф|графиня|князь|княгиня|дядя|тётя|тетя|дед|бабушка|доктор|капитан|отец|мать|товарищ',
    article: 'старый|старая|маленький|маленькая|молодой|молодая',
    adverb: anyBut('он|она|они|я|мы|ему|ей|им|мне|к|ко|с|со|в|на|о|об|из|у|за|по|от|для|его|её|ее|мой|моя|себе'),
    between: '(?:(?:тихо|громко|вдруг|тоже|опять|снова|же|только|всё|все|не|наконец|потом|ещё|еще)(?:\\s\\p{Ll}+)?)',
    narrator: 'VERB\\sя|я\\s(?:\\p{Ll}+\\s)?VERB|Я\\s(?:\\p{Ll}+\\s)?VERB',
    he: 'он|мужчина|мальчик|старик|отец|брат',
    she: 'она|женщина|девочка|девушка|старуха|мать|сестра',
    unnamed: 'VERB\\s(?:он|она|они|оно|кто-то|\\p{Ll}{3,})|(?:он|она|они)\\s(?:\\p{Ll}+\\s)?VERB|VERB',
  },
  id: {
    name: nameWith(
      'Pak|Bu|Bapak|Ibu|Mas|Mbak|Bang|Kak|Dik|Om|Tante|Nyonya|Tuan|Nona|Dokter|Kakek|Nenek|Paman|Bibi|Haji|Raden|Dr',
      'bin|binti',
    ),
    titles:
      'Pak|Bu|Bapak|Ibu|Mas|Mbak|Bang|Kak|Dik|Om|Tante|Nyonya|Tuan|Nona|Dokter|Kakek|Nenek|Paman|Bibi|Haji|Raden|Dr',
    article: 'si|sang',
    adverb: anyBut('kepada|pada|dengan|dari|di|ke|untuk|dia|ia|mereka|aku|saya|kami|itu|ini|seorang|sang|si'),
    between: '(?:(?:pun|lalu|kemudian|segera|hanya|juga|langsung|sambil|dengan)(?:\\s\\p{Ll}+)?)',
    narrator:
      '(?:kataku|tanyaku|jawabku|ujarku|seruku|teriakku|bisikku|gumamku|sahutku|balasku|tambahku|ucapku)|(?:aku|saya|Aku|Saya)\\s(?:\\p{Ll}+\\s)?VERB',
    he: 'lelaki|pria|pemuda|ayah|kakek|paman',
    she: 'perempuan|wanita|gadis|ibu|nenek|bibi',
    unnamed: 'VERB\\s(?:dia|ia|mereka|seorang\\s\\p{Ll}+|\\p{Ll}{3,})|(?:dia|ia|mereka)\\s(?:\\p{Ll}+\\s)?VERB|VERB',
  },
};
