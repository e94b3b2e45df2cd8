/**
 * Completes package-lock.json: `node .ci/complete-lock.mjs` after every `npm install` of something new.
 *
 * Some registries (company mirrors, our CI's) do not carry the binaries of other platforms. npm then leaves them out of
 * the lock file, and `npm ci` refuses a lock file without them, on every platform. The entries are optional and bound to
 * a platform, so what this adds is skipped wherever it does not fit.
 */
import { readFileSync, writeFileSync } from 'node:fs';

const lock = JSON.parse(readFileSync('package-lock.json', 'utf8'));
let added = 0;
for (const parent of Object.values(lock.packages)) {
  for (const [name, wanted] of Object.entries(parent.optionalDependencies ?? {})) {
    const version = /^\^?(\d+\.\d+\.\d+)$/.exec(wanted)?.[1];
    if (lock.packages[`node_modules/${name}`] !== undefined || version === undefined) continue;
    const os = /(android|darwin|freebsd|linux|netbsd|openbsd|openharmony|sunos|win32|aix)/.exec(osName(name))?.[1];
    const cpu = /(arm64|armv7|arm|x64|ia32|ppc64|riscv64|s390x|loong64|mips64el|wasm32)/.exec(name)?.[1];
    if (os === undefined || (cpu === undefined && os !== 'win32')) continue;
    lock.packages[`node_modules/${name}`] = {
      version,
      ...(cpu ? { cpu: [cpu] } : {}),
      ...(parent.dev ? { dev: true } : {}),
      ...(name.includes('musl') ? { libc: ['musl'] } : {}),
      optional: true,
      os: [os],
    };
    added += 1;
  }
}
const [root, ...rest] = Object.entries(lock.packages);
lock.packages = Object.fromEntries([root, ...rest.sort(([a], [b]) => (a < b ? -1 : 1))]);
writeFileSync('package-lock.json', `${JSON.stringify(lock, null, 2)}\n`);
console.log(`${added} platform packages added.`);

/** Some packages for one platform are named by its product. */
function osName(name) {
  return name.replace('windows', 'win32');
}
