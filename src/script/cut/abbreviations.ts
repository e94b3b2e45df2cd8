/**
 * Abbreviations whose full stop does not end a sentence, by language. Case counts: `no.` ends a sentence, `No.` does not.
 */

interface Abbreviations {
  /** Never end a sentence: titles, and phrases inside a sentence. */
  neverEnds: string;
  /** Continue the sentence only before a number; elsewhere they may end it. */
  beforeNumber: string;
  /** Often end a sentence: they continue it unless a word follows that starts a sentence. */
  mayEnd: string;
}

const BY_LANGUAGE: Readonly<Record<string, Abbreviations>> = {
  en: {
    neverEnds:
      'Mr Mrs Ms Mx Dr Prof St Ste Mt Ft Rev Revd Fr Hon Capt Cpt Col Gen Lt Sgt Cpl Pvt Maj Cmdr Adm Gov Sen Rep Pres Supt Insp Messrs Mme Mlle ' +
      'vs viz cf i.e e.g ca approx',
    beforeNumber:
      'No Nos Vol vol Ch ch Fig Figs fig figs p pp Art Sec Jan Feb Mar Apr Jun Jul Aug Sept Sep Oct Nov Dec Op Pt',
    mayEnd: 'etc Inc Ltd Co Corp Jr Sr Bros U.S U.K D.C a.m p.m A.M P.M B.C A.D Ph.D M.D B.A M.A Esq',
  },
  de: {
    neverEnds:
      'Hr Hrn Fr Frl Dr Prof Dipl Ing St Sr Jr Hl Bhf Nr z.B z. B d.h d. h u.a u. a o.ä i.d.R s.o s.u bzw ca evtl ggf inkl exkl sog vgl zzgl mind max Abs Art Bd',
    beforeNumber: 'S Str str Kap Abb Tab Jan Feb Apr Aug Sept Okt Nov Dez Z',
    mayEnd: 'usw etc usf Co n. Chr v. Chr Chr Jh',
  },
  fr: {
    neverEnds: 'M MM Mgr Dr Pr St Ste Me cf c.-à-d p. ex p.ex av apr env éd vs',
    beforeNumber: 'p pp no nos n vol fig chap art t',
    mayEnd: 'etc J.-C Cie',
  },
  es: {
    neverEnds:
      'Sr Sra Srta Sres Sras Dr Dra Prof Profa D Dña Da Don Ud Uds Vd Vds St Sto Sta Fr Lic Ing Arq Gral Cap Avda Av p.ej p. ej cf vs aprox',
    beforeNumber: 'pág págs p pp núm n vol fig cap art',
    mayEnd: 'etc EE. UU EE.UU Cía S.A a. C d. C a.C d.C a.m p.m',
  },
  it: {
    neverEnds:
      'Sig sig Sig.ra sig.ra Sigg Dott dott Dott.ssa dott.ssa Prof prof Prof.ssa Ing ing Avv avv Geom Rag Mons On S SS St cfr Cfr es p.es ca',
    beforeNumber: 'pag pagg p pp n nn vol fig cap art sec',
    mayEnd: 'ecc etc S.p.A S.r.l a.C d.C',
  },
  pt: {
    neverEnds:
      'Sr Sra Srta Srs Sras Dr Dra Drs Prof Profa Eng Exmo Exma V V. Exa Exa D Dom S Sto Sta Pe Av Cel Gen Cap Ten Sgt cf Cf ex aprox',
    beforeNumber: 'pág págs p pp n nº núm vol fig cap art',
    mayEnd: 'etc Cia Ltda S.A a.C d.C a. C d. C',
  },
  ru: {
    neverEnds:
      'г-н г-жа гр тов т.е т. е т.к т. к т.н т. н т.д и т.п напр см ср ул пр просп пл пер бул им проф акад доц инж д-р св о оз р',
    beforeNumber: 'стр с гл рис табл ст п д кв кн',
    mayEnd: 'г гг в вв др пр т. д т. п т.д т.п руб коп тыс млн млрд н. э н.э',
  },
  id: {
    neverEnds: 'Bpk Bp Ibu Sdr Sdri Dr dr Drs Dra Ir Prof H Hj K.H KH Yth Jl Jln Gg Tn Ny Nn St a.n d.a u.b',
    beforeNumber: 'hlm hal No no Vol vol Kol',
    mayEnd: 'dll dsb dst dkk tsb S.H S.E S.T S.Pd M.A M.M Ph.D',
  },
};

/** Patterns for the text before a possible sentence end. */
export interface AbbreviationRules {
  neverEnds: RegExp;
  beforeNumber: RegExp;
  mayEnd: RegExp;
}

/** The rules for a language. Default, also for languages without rules: those of all languages together. */
export function abbreviationRules(language: string | undefined): AbbreviationRules {
  const own = language === undefined ? undefined : BY_LANGUAGE[language];
  const all = own ? [own] : Object.values(BY_LANGUAGE);
  const pattern = (field: keyof Abbreviations): RegExp => {
    const words = all.flatMap((abbreviations) => wordsOf(abbreviations[field]));
    return new RegExp(`(?:^|[^\\p{L}\\p{N}.-])(?:${[...new Set(words)].join('|')})\\.[)\\]»”’"]?\\s?$`, 'u');
  };
  return { neverEnds: pattern('neverEnds'), beforeNumber: pattern('beforeNumber'), mayEnd: pattern('mayEnd') };
}

/** A space after a full stop is part of an abbreviation: `z. B`, `т. е`. */
function wordsOf(list: string): string[] {
  return list
    .replace(/\. /g, '.\u00a0')
    .split(' ')
    .map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll('\\.\u00a0', '\\.\\s'));
}
