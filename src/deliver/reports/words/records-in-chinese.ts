/** What records have in English, as a report in another language says it. Pure. */
import { failureInChinese, isFailureCode } from '../../../events/failure-in-chinese.ts';
import type { TakeDoubt } from '../../../events.ts';
import { checkName } from '../../../qc/check-names.ts';
import { ruleName } from '../../../qc/rule-names.ts';
import { CHINESE_CHECKS, CHINESE_DOUBTS } from '../../../qc/translations/chinese-doubts.ts';
import { CHINESE_RULES, ruleTextInChinese } from '../../../qc/translations/chinese-rules.ts';
import { type CodedDoubt, codedDoubt } from '../../../qc/translations/doubt-texts.ts';
import type { RuleVerdict } from '../../../qc/verdict.ts';
import type { ReportLanguage } from './words.ts';

/** What a check of a take is called, found and expects. */
export function doubtInWords(
  doubt: TakeDoubt,
  language: ReportLanguage,
): { check: string; found: string; wanted: string } {
  const { check, measured, wanted } = doubt;
  if (language === 'en') return { check: checkName(check), found: measured, wanted };
  const told = codedDoubt(doubt);
  const names: Readonly<Record<string, string>> = CHINESE_CHECKS;
  return {
    check: names[`check.${check}`] ?? checkName(check),
    found: doubtText(told.found) ?? measured,
    wanted: doubtText(told.wanted) ?? wanted,
  };
}

function doubtText(told: CodedDoubt | undefined): string | undefined {
  return (
    told && CHINESE_DOUBTS[`doubt.${told.code}`].replace(/\{(\w+)\}/g, (_, name: string) => told.values[name] ?? '')
  );
}

/** What a rule on a file is called, measures, requires and advises. */
export function ruleInWords(
  { rule, measured, wanted, fix }: RuleVerdict,
  language: ReportLanguage,
): { name: string; measured: string; wanted: string; fix: string | undefined } {
  if (language === 'en') return { name: ruleName(rule), measured, wanted, fix };
  return {
    name: CHINESE_RULES[rule] ?? ruleName(rule),
    measured: ruleTextInChinese(measured),
    wanted: ruleTextInChinese(wanted),
    fix: fix && ruleTextInChinese(fix),
  };
}

/** Why a line has no take; `original`: the failure's own words, where `reason` is not those. */
export function reasonInWords(
  { code, reason }: { code: string; reason: string },
  language: ReportLanguage,
): { reason: string; original?: string } {
  if (language === 'en' || !isFailureCode(code)) return { reason };
  return { reason: failureInChinese(code), original: reason };
}

/** A mark that files do not have, and why; the texts are those of src/deliver/disclosure.ts. */
export function markInWords(
  { mark, why }: { mark: string; why: string },
  language: ReportLanguage,
): { mark: string; why: string } {
  return language === 'en' ? { mark, why } : (MARKS[mark] ?? { mark, why });
}

const MARKS: Readonly<Record<string, { mark: string; why: string }>> = {
  'watermark in the sound': {
    mark: '声音水印',
    why: '此平台没有免费且有人维护检测器的水印，因此标记只在元数据中；删除元数据的工具会一并删除标记。',
  },
  'content credentials (C2PA)': { mark: '内容凭证（C2PA）', why: '此版本不为文件签名。' },
};

/** Why files have no marks at all. */
export function unmarkedInWords(why: string, language: ReportLanguage): string {
  return language === 'en'
    ? why
    : '锁定的是没有标记的版本，因此文件按锁定的内容交付：标准字段中没有写明由机器朗读。要得到带标记的文件，请去掉 --locked 再运行。';
}
