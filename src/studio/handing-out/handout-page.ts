/**
 * A page for a reviewer as one file of HTML: data, sound, script and style inside, and a policy that lets it ask nobody for
 * anything. What others wrote is data in it. Pure.
 */
import { createHash } from 'node:crypto';
import type { Handout } from './handout-shapes.ts';

/** What the build has made of `src/studio/page/handout/`. */
export interface HandoutProgram {
  script: string;
  style: string;
}

/** The bytes of the page. `sounds`: MP3s by their names in the handout. */
export function handoutPage(
  handout: Handout,
  { program, sounds }: { program: HandoutProgram; sounds: ReadonlyMap<string, Uint8Array> },
): Buffer {
  // No end of an element may be in the middle of one.
  const script = program.script.replaceAll('</script', '<\\/script').replaceAll('<!--', '<\\!--');
  const style = program.style.replaceAll('</style', '<\\/style');
  const policy = [
    "default-src 'none'",
    `script-src '${digestOf(script)}'`,
    `style-src '${digestOf(style)}'`,
    'img-src data:',
    'media-src blob:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const head = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="content-security-policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex">
<title>${escaped(handout.title)}</title>
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body>
<div id="handout"></div>
<noscript>This page needs JavaScript. It asks nothing of the network. 此页面需要 JavaScript，不访问网络。</noscript>
<script type="application/json" id="handout-data">${dataText(handout)}</script>
`;
  const clips = [...sounds].flatMap(([name, bytes]) => [
    Buffer.from(`<script type="text/plain" id="${name}">`),
    Buffer.from(Buffer.from(bytes).toString('base64')),
    Buffer.from('</script>\n'),
  ]);
  return Buffer.concat([Buffer.from(head), ...clips, Buffer.from(`<script>${script}</script>\n</body>\n</html>\n`)]);
}

/** JSON in which nothing begins an element. */
function dataText(value: unknown): string {
  return JSON.stringify(value)
    .replaceAll('<', '\\u003c')
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029');
}

function digestOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
