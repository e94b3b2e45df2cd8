/** What a person still has to do with a package, as text. Pure. */
import type { ShopFinding } from './check-package.ts';
import type { Shop } from './shops.ts';

/** The checklist. */
export function checklist(of: {
  title: string;
  shop: Shop;
  findings: readonly ShopFinding[];
  narrator: string | null;
  sentence: string;
  isReplica: boolean;
}): string {
  const { title, shop, findings, narrator, sentence, isReplica } = of;
  const { name, checkedOn, sources, policy, steps } = shop;
  const lines = [
    `${title}: checklist for ${name}`,
    '',
    `Rules read on ${checkedOn}${sources.length === 0 ? '.' : ' from:'}`,
    ...sources.map((source) => `  ${source}`),
    '',
    'Specification:',
    ...findings.map(
      ({ what, pass, measured, wanted }) => `  [${pass ? 'x' : ' '}] ${what}: ${measured} (wanted: ${wanted})`,
    ),
    '',
    'Policy, which no program can check:',
    `  [ ] ${policy.text}`,
    `  [ ] Declare the narration as synthetic. The files say: ${sentence}`,
    ...(isReplica ? ['  [ ] Keep the written consent of the person whose voice was cloned at hand.'] : []),
    '',
    'To do:',
    `  [ ] Name the narrator: ${narrator ?? 'as in the book'}`,
    '  [ ] Listen to the sample and to the start and end of each file.',
    ...steps.map((step) => `  [ ] ${step}`),
    '  [ ] Compare the upload with SHA256SUMS.txt.',
    '',
  ];
  return `${lines.join('\n')}`;
}
