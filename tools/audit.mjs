#!/usr/bin/env node
/**
 * Asks npm's registry for known holes in what the program is delivered with: `node tools/audit.mjs`.
 *
 * Ends with 1 for a hole that is high or critical. Where no registry answers such questions (a mirror, no network) that is
 * said, and it ends with 0: a build must not depend on somebody else's server, but nobody shall believe that it was asked.
 */
import { spawnSync } from 'node:child_process';

const GRAVE = ['high', 'critical'];

const { stdout, stderr, error } = spawnSync('npm', ['audit', '--omit=dev', '--json'], { encoding: 'utf8' });
const report = readJson(stdout);
if (report?.metadata?.vulnerabilities === undefined) {
  const why = report?.message ?? error?.message ?? stderr.trim().split('\n')[0] ?? 'no answer';
  console.log(`NOT AUDITED: no audit service could be asked (${why}).`);
} else {
  const found = Object.values(report.vulnerabilities);
  for (const { name, severity, range, via } of found) {
    const titles = via.flatMap((one) => (typeof one === 'string' ? [] : [`${one.title} ${one.url}`]));
    console.log(`${severity}: ${name} ${range} ${titles.join('; ')}`);
  }
  const grave = found.filter(({ severity }) => GRAVE.includes(severity));
  console.log(`${found.length} known holes in production dependencies, ${grave.length} of them high or critical.`);
  if (grave.length > 0) process.exitCode = 1;
}

function readJson(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
