/**
 * Abbreviations that end in a point and do not end a sentence, by language. A name, a number or the rest of the phrase
 * follows them. They are written as in print: case counts, because `no.` ends a sentence where `No.` does not.
 */

interface Abbreviations {
  /** What always goes on: titles, and phrases in the middle of a thought. */
  always: string;
  /** Goes on before a figure or a bracket only; elsewhere it may end a sentence. */
  beforeFigure: string;
  /** What as often ends a sentence: it goes on unless a word follows that begins one. */
  open: string;
}

const BY_LANGUAGE: Readonly<Record<string, Abbreviations>> = {
  en: {
    always:
      'Mr Mrs Ms Mx Dr Prof St Ste Mt Ft Rev Revd Fr Hon Capt Cpt Col Gen Lt Sgt Cpl Pvt Maj Cmdr Adm Gov Sen Rep Pres Supt Insp Messrs Mme Mlle ' +
      'vs viz cf i.e e.g ca approx',
    beforeFigure:
      'No Nos Vol vol Ch ch Fig Figs fig figs p pp Art Sec Jan Feb Mar Apr Jun Jul Aug Sept Sep Oct Nov Dec Op Pt',
    open: 'etc Inc Ltd Co Corp Jr Sr Bros U.S U.K D.C a.m p.m A.M P.M B.C A.D Ph.D M.D B.A M.A Esq',
  },
  de: {
    always:
      'Hr Hrn Fr Frl Dr Prof Dipl Ing St Sr Jr Hl Bhf Nr z.B z. B d.h d. h u.a u. a o.ä i.d.R s.o s.u bzw ca evtl ggf inkl exkl sog vgl zzgl mind max Abs Art Bd',
    beforeFigure: 'S Str str Kap Abb Tab Jan Feb Apr Aug Sept Okt Nov Dez Z',
    open: 'usw etc usf Co n. Chr v. Chr Chr Jh',
  },
  fr: {
    always: 'M MM Mgr Dr Pr St Ste Me cf c.-à-d p. ex p.ex av apr env éd vs',
    beforeFigure: 'p pp no nos n vol fig chap art t',
    open: 'etc J.-C Cie',
  },
  es: {
    always:
      'Sr Sra Srta Sres Sras Dr Dra Prof Profa D Dña Da Don Ud Uds Vd Vds St Sto Sta Fr Lic Ing Arq Gral Cap Avda Av p.ej p. ej cf vs aprox',
    beforeFigure: 'pág págs p pp núm n vol fig cap art',
    open: 'etc EE. UU EE.UU Cía S.A a. C d. C a.C d.C a.m p.m',
  },
  it: {
    always:
      'Sig sig Sig.ra sig.ra Sigg Dott dott Dott.ssa dott.ssa Prof prof Prof.ssa Ing ing Avv avv Geom Rag Mons On S SS St cfr Cfr es p.es ca',
    beforeFigure: 'pag pagg p pp n nn vol fig cap art sec',
    open: 'ecc etc S.p.A S.r.l a.C d.C',
  },
  pt: {
    always:
      'Sr Sra Srta Srs Sras Dr Dra Drs Prof Profa Eng Exmo Exma V V. Exa Exa D Dom S Sto Sta Pe Av Cel Gen Cap Ten Sgt cf Cf ex aprox',
    beforeFigure: 'pág págs p pp n nº núm vol fig cap art',
    open: 'etc Cia Ltda S.A a.C d.C a. C d. C',
  },
  ru: {
    always:
      'г-н г-жа гр тов т.е т. е т.к т. к т.н т. н т.д и т.п напр см ср ул пр просп пл пер бул им проф акад доц инж д-р св о оз р',
    beforeFigure: 'стр с гл рис табл ст п д кв кн',
    open: 'г гг в вв др пр т. д т. п т.д т.п руб коп тыс млн млрд н. э н.э',
  },
  id: {
    always: 'Bpk Bp Ibu Sdr Sdri Dr dr Drs Dra Ir Prof H Hj K.H KH Yth Jl Jln Gg Tn Ny Nn St a.n d.a u.b',
    beforeFigure: 'hlm hal No no Vol vol Kol',
    open: 'dll dsb dst dkk tsb S.H S.E S.T S.Pd M.A M.M Ph.D',
  },
};

/** What abbreviations mean for the end of a sentence behind them. */
export interface AbbreviationRules {
  always: RegExp;
  beforeFigure: RegExp;
  open: RegExp;
}

/** The rules for a language; all languages' together where it is not known or has none of its own. */
export function abbreviationRules(language: string | undefined): AbbreviationRules {
  const own = language === undefined ? undefined : BY_LANGUAGE[language];
  const all = own ? [own] : Object.values(BY_LANGUAGE);
  const pattern = (field: keyof Abbreviations): RegExp => {
    const words = all.flatMap((abbreviations) => wordsOf(abbreviations[field]));
    return new RegExp(`(?:^|[^\\p{L}\\p{N}.-])(?:${[...new Set(words)].join('|')})\\.[)\\]»”’"]?\\s?$`, 'u');
  };
  return { always: pattern('always'), beforeFigure: pattern('beforeFigure'), open: pattern('open') };
}

/** A space after a point belongs to one abbreviation: `z. B`, `т. е`. */
function wordsOf(list: string): string[] {
  return list
    .replace(/\. /g, '.\u00a0')
    .split(' ')
    .map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll('\\.\u00a0', '\\.\\s'));
}
