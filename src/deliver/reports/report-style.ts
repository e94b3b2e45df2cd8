/**
 * The style sheet of report.html. Its sizes, spaces and colors are those of the studio's page (src/studio/page/styles/tokens.css;
 * a test compares them). Nothing moves, so there is no motion to reduce. Pure.
 */

const SCALES = `
--text-1: 0.75rem; --text-2: 0.8125rem; --text-3: 0.9375rem; --text-4: 1.0625rem; --text-5: 1.375rem; --text-6: 1.75rem;
--space-1: 0.25rem; --space-2: 0.5rem; --space-3: 0.75rem; --space-4: 1rem; --space-5: 1.5rem; --space-6: 2rem; --space-7: 3rem;
--radius: 0.5rem; --radius-small: 0.3125rem;
`.trim();

const FONTS = `
--ui: system-ui, -apple-system, "Segoe UI", "Noto Sans", "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif;
--reading: "Iowan Old Style", "Palatino Linotype", Palatino, Charter, "Noto Serif", Georgia, "DejaVu Serif", "Liberation Serif", "Noto Serif CJK SC", "Songti SC", serif;
`.trim();

const CHINESE_FONTS = `
--ui: "PingFang SC", "Noto Sans CJK SC", "Source Han Sans SC", "Microsoft YaHei", system-ui, sans-serif;
--reading: "Noto Serif CJK SC", "Source Han Serif SC", "Songti SC", SimSun, serif;
`.trim();

const LIGHT = `
color-scheme: light; --page: #f6f5f2; --surface: #ffffff; --ink: #1d232b; --ink-2: #545d69; --edge: #e2dfd8;
--accent: #0f6a70; --accent-text: #0b5a60; --good: #23663f; --good-soft: #e4f2e8;
--warn: #7d4d00; --warn-soft: #fcf0d6; --bad: #a1281f; --bad-soft: #fbe7e4; --info: #2f4f9e; --info-soft: #e7ecf9;
`.trim();

const DARK = `
color-scheme: dark; --page: #14171b; --surface: #1b1f25; --ink: #e7e9ec; --ink-2: #a5aebb; --edge: #2d333c;
--accent: #5cc3c4; --accent-text: #7fd4d4; --good: #85d0a0; --good-soft: #17331f;
--warn: #f0c274; --warn-soft: #362a12; --bad: #f39c92; --bad-soft: #3b1c19; --info: #a9bdf5; --info-soft: #1f2a45;
`.trim();

/** The whole sheet. Words are broken only where they are longer than their line. */
export const REPORT_STYLE = `
:root, [lang] { ${FONTS} }
:root:lang(zh), [lang]:lang(zh) { ${CHINESE_FONTS} }
:root { ${SCALES}
${LIGHT} }
@media (prefers-color-scheme: dark) { :root {
${DARK} } }
* { box-sizing: border-box }
body { margin: 0; background: var(--page); color: var(--ink); font: var(--text-3) / 1.5 var(--ui); overflow-wrap: break-word; -webkit-text-size-adjust: 100% }
main { display: grid; grid-template-columns: minmax(0, 1fr); gap: var(--space-5); max-width: 66rem; margin: 0 auto; padding: var(--space-6) var(--space-6) var(--space-7) }
h1, h2, p, ul, ol, dl, dd, figure { margin: 0; padding: 0 } ul, ol { list-style: none }
h1 { font: 600 var(--text-6) / 1.2 var(--reading); letter-spacing: -0.01em; text-wrap: balance }
h2 { font: 600 var(--text-4) / 1.3 var(--ui) }
a { color: var(--accent-text) } a, summary { border-radius: var(--radius-small) }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px }
header, section { display: grid; grid-template-columns: minmax(0, 1fr); gap: var(--space-3); scroll-margin-top: var(--space-4) }
.author { color: var(--ink-2); font-size: var(--text-4) } .hint { color: var(--ink-2); font-size: var(--text-2) }
.card { padding: var(--space-4) var(--space-5); border: 1px solid var(--edge); border-radius: var(--radius); background: var(--surface) }
.tell { padding: var(--space-2) var(--space-3); border-radius: var(--radius-small); background: var(--info-soft); color: var(--info) }
.tell.pass { background: var(--good-soft); color: var(--good) } .tell.fail { background: var(--bad-soft); color: var(--bad) }
.tell a { color: inherit } .tell.warning { background: var(--warn-soft); color: var(--warn) } .tell.small { font-size: var(--text-2) }
.pass { color: var(--good) } .fail, .failed td:first-child { color: var(--bad) } .warning { color: var(--warn) } .pass, .fail { font-weight: 600 }
.scroll { overflow-x: auto }
table { width: 100%; border-collapse: collapse; font-size: var(--text-2) }
th, td { padding: var(--space-2) var(--space-4) var(--space-2) 0; border-bottom: 1px solid var(--edge); text-align: start; vertical-align: baseline }
th:last-child, td:last-child { padding-inline-end: 0 } tbody tr:last-child td { border-bottom: 0 }
th { color: var(--ink-2); font-weight: 500; white-space: nowrap }
td small { display: block; color: var(--ink-2); font-size: var(--text-2) }
.number, .short { white-space: nowrap } th.number, td.number { text-align: end; font-variant-numeric: tabular-nums }
.amounts td:first-child { white-space: nowrap }
td.title { min-width: 11rem } td.long { min-width: 11rem; overflow-wrap: anywhere } td.name { min-width: 7rem; overflow-wrap: anywhere }
.facts { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: var(--space-1) var(--space-5); font-size: var(--text-2) } .facts dt { color: var(--ink-2) }
audio { display: block; width: 100%; height: 2.5rem }
.lines, .reasons { display: grid; grid-template-columns: minmax(0, 1fr); gap: var(--space-2) } .line { display: grid; grid-template-columns: minmax(0, 1fr); gap: var(--space-2); break-inside: avoid }
.line-head { display: flex; flex-wrap: wrap; gap: 0 var(--space-3); align-items: baseline; font-size: var(--text-2); font-variant-numeric: tabular-nums } .line-head b, .line-head span { min-width: 0 } .line-head span { color: var(--ink-2) }
.words { font: var(--text-4) / 1.6 var(--reading) }
.wave { display: grid; grid-template-columns: auto minmax(0, 1fr); gap: var(--space-1) var(--space-2); color: var(--ink-2); font-size: var(--text-1); font-variant-numeric: tabular-nums }
.wave svg { display: block; width: 100%; height: 8rem } .wave .levels { position: relative; width: 1.75rem } .wave .levels span { position: absolute; inset-inline-end: 0; transform: translateY(-50%) }
.wave .times { grid-column: 2; display: flex; justify-content: space-between } .wave figcaption { grid-column: 2 }
.sound { fill: color-mix(in oklab, var(--accent) 55%, var(--surface)) } .target { fill: color-mix(in oklab, var(--good) 18%, transparent) }
.loudness { fill: none; stroke: var(--warn); stroke-width: 1.75px; vector-effect: non-scaling-stroke }
summary { padding: var(--space-1) 0; color: var(--ink-2); font-size: var(--text-2); cursor: pointer }
@media (max-width: 66rem) {
body { overflow-wrap: anywhere } th, td { overflow-wrap: break-word }
.amounts td.number { white-space: normal } .amounts th, .amounts td { padding-inline-end: var(--space-3) }
main { padding: var(--space-5) var(--space-4) var(--space-6) } .card { padding: var(--space-3) var(--space-4) }
.facts { grid-template-columns: minmax(0, 1fr); gap: 0 } .facts dd { margin-bottom: var(--space-2) }
.rows, .rows tbody, .rows tr { display: block } .rows thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%) }
.rows tr { padding: var(--space-2) 0; border-bottom: 1px solid var(--edge) } .rows tr:last-child { border-bottom: 0 }
.rows td, .rows td.number { display: grid; grid-template-columns: 6rem minmax(0, 1fr); gap: var(--space-3); padding: 0; border: 0; text-align: start; white-space: normal } .rows td:empty { display: none }
.rows td::before { content: attr(data-name); color: var(--ink-2) }
.rows td:first-child { display: block; font-weight: 500 } .rows td:first-child::before { content: none } }
@page { margin: 15mm }
@media print { body { background: none } .tell { border: 1px solid } main { max-width: none; padding: 0 } audio, .players { display: none } .card, tr { break-inside: avoid } }
`.trim();
