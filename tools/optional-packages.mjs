/** Prints the optional peers as `name@version` of package-lock.json, for the image, which has them all. */
import { readFileSync } from 'node:fs';

const { peerDependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8'));
console.log(
  Object.keys(peerDependencies)
    .map((name) => `${name}@${packages[`node_modules/${name}`].version}`)
    .join(' '),
);
