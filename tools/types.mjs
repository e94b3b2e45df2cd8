/**
 * Writes the types of the library into one file, `dist/src/library/index.d.ts`. Part of `npm pack` (`prepack`); the program
 * itself needs none.
 *
 *     node tools/types.mjs [file]
 */
import { rollup } from 'rollup';
import { dts } from 'rollup-plugin-dts';
import { TYPES } from './remove-all-but.mjs';

const [file = TYPES] = process.argv.slice(2);
const bundle = await rollup({
  input: 'src/library/index.ts',
  plugins: [dts({ tsconfig: 'tsconfig.json', compilerOptions: { stripInternal: true } })],
  external: (id) => !/^[./]/.test(id),
  // Types that import each other in a circle are no problem.
  onwarn: ({ code, message }) => {
    if (code !== 'CIRCULAR_DEPENDENCY') throw new Error(message);
  },
});
await bundle.write({ file, format: 'es' });
await bundle.close();
