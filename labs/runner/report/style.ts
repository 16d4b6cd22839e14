import { markup } from '../../../web/markup.ts';

/** One column, system fonts, light and dark by the reader's setting, no request to anywhere. */
export const reportStyle = markup`
:root { color-scheme: light dark; --bg: #f7f7f4; --card: #fff; --ink: #1c2126; --muted: #58616b; --line: #dfe2e4;
  --theory: #0c5f58; --predicted: #9a4a00; --measured: #1d5fc4; --good: #14713f; --bad: #b3222c; --open: #7a5a00; }
@media (prefers-color-scheme: dark) { :root { --bg: #13171b; --card: #1a2026; --ink: #e7eaed; --muted: #9da8b3;
  --line: #2d353d; --theory: #69cfc2; --predicted: #f2a356; --measured: #7db1ff; --good: #5fd092; --bad: #ff7f86;
  --open: #e9c35c; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--bg); color: var(--ink); font: 16px/1.55 system-ui, "Segoe UI", Roboto, sans-serif;
  font-variant-numeric: tabular-nums; }
main { max-width: 56rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 .25rem; }
h2 { font-size: 1.1rem; margin: 0 0 .5rem; }
p { max-width: 44rem; margin: .4rem 0; }
.muted { color: var(--muted); }
section { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 1rem;
  margin-top: 1rem; }
.verdict { border-left: 5px solid var(--open); } .verdict.PASS { border-left-color: var(--good); }
.verdict.FAIL { border-left-color: var(--bad); } .verdict strong { font-size: 1.25rem; }
.PASS strong, td.PASS { color: var(--good); } .FAIL strong, td.FAIL { color: var(--bad); }
.UNKNOWN strong, td.UNKNOWN { color: var(--open); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .92rem; }
th, td { text-align: right; padding: .35rem .6rem; border-bottom: 1px solid var(--line); }
th { color: var(--muted); font-weight: 500; } th:first-child, td:first-child { text-align: left; padding-left: 0; }
.words th, .words td { text-align: left; vertical-align: top; } .words td:first-child { white-space: nowrap; }
.numbers th, .numbers td { white-space: nowrap; }
.numbers td:first-child { white-space: normal; min-width: 8.5rem; }
svg { width: 100%; min-width: 30rem; height: auto; display: block; font: 12px system-ui, sans-serif; }
.grid { stroke: var(--line); } .tick, .axis { fill: var(--muted); }
.theory, .predicted { fill: none; stroke-width: 2; } .theory { stroke: var(--theory); }
.predicted { stroke: var(--predicted); stroke-dasharray: 6 4; }
.theory-mark { fill: var(--card); stroke: var(--theory); stroke-width: 2; } .predicted-mark { fill: var(--predicted); }
.measured { fill: var(--measured); } .bar { stroke: var(--measured); stroke-width: 2; }
.legend { display: flex; gap: 1.2rem; flex-wrap: wrap; color: var(--muted); font-size: .9rem; margin: .3rem 0; }
pre { overflow-x: auto; font: .85rem/1.45 ui-monospace, Menlo, Consolas, monospace; margin: .3rem 0; }
.box { border: 2px dashed var(--line); border-radius: 8px; min-height: 5rem; padding: .6rem .8rem;
  color: var(--muted); }
@media (max-width: 480px) { section { padding: .75rem; } th, td { padding: .35rem .4rem; } }
@media print { body { background: #fff; } section { break-inside: avoid; } }
`;
