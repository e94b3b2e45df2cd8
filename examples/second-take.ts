/**
 * A second take of the lines that the checks doubt, or of those that are named. Each is written as WAV, to hear it; one that no
 * check doubts is chosen, and the next run uses it. The simulator speaks.
 *
 *     npx tsx examples/second-take.ts manifests/hello.yaml work/store 1:2
 */
import { writeFile } from 'node:fs/promises';
import { openPipeline } from 'narration-pipeline';

const [manifest = 'manifests/hello.yaml', store = 'work/store', ...named] = process.argv.slice(2);
const pipeline = openPipeline({ simulate: true, store });

const lines = await pipeline.lines(manifest, { suspects: named.length === 0 });
for (const { number, character, text } of lines) {
  if (named.length > 0 && !named.includes(number)) continue;
  const { takes, failures } = await pipeline.retake(manifest, number, { budget: '0.10 CNY' });
  for (const { message } of failures) console.log(`${number} ${character}: ${message}`);
  for (const take of takes) {
    const { wav } = await pipeline.hear(manifest, number, { take: take.number });
    const file = `${number.replace(':', '-')} take ${take.number}.wav`;
    await writeFile(file, wav);
    if (take.verdict === 'good') await pipeline.choose(manifest, number, take.number);
    console.log(`${number} ${character}, “${text}”: take ${take.number} is ${take.verdict}, ${file}`);
  }
}
