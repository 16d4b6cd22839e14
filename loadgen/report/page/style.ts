/** The page's own style: one column, system fonts, light and dark by the reader's setting, no requests to anywhere. */
export const pageStyle = `
:root { color-scheme: light dark; --bg: #f6f7f9; --card: #fff; --ink: #1a2029; --muted: #5d6878;
  --faint: #b9c1cc; --line: #e2e6eb; --grid: #edf0f3;
  --a: #0f7bd0; --b: #8a4fd3; --c: #e06c00; --good: #16935a; --good-soft: #e3f5ec; --bad: #d1333d;
  --bad-soft: #fdeaea; --bad-fill: #d1333d30; --wrong: #b3247f; --wrong-fill: #b3247f30;
  --fault: #f5a52328; --fault-edge: #d98a0a90; --fault-text: #8a5500; --heat: #0f6fbd; }
@media (prefers-color-scheme: dark) { :root { --bg: #10141a; --card: #181e26; --ink: #e6ebf1; --muted: #94a1b3;
  --faint: #4b5767; --line: #28313d; --grid: #222a34;
  --a: #4cb0f9; --b: #b892f5; --c: #ff9d47; --good: #3ecb8a; --good-soft: #16372a; --bad: #ff6f78;
  --bad-soft: #401d22; --bad-fill: #ff6f7838; --wrong: #f277c6; --wrong-fill: #f277c638;
  --fault: #f5a52322; --fault-edge: #f5a52390; --fault-text: #ffcb7d; --heat: #59b8ff; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--bg); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; font-variant-numeric: tabular-nums; }
main { max-width: 1080px; margin: 0 auto; padding: 28px 20px 60px; }
h1 { font-size: 22px; line-height: 1.25; margin: 0 0 2px; letter-spacing: -.01em; overflow-wrap: anywhere; }
h2 { font-size: 15px; margin: 0; font-weight: 650; }
.sub, .hint { color: var(--muted); margin: 0; }
.hint { font-size: 13px; margin: 2px 0 10px; max-width: 100ch; }
header { margin-bottom: 18px; }
section { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 16px 18px;
  margin-top: 14px; min-width: 0; }
.verdict { border-left: 4px solid var(--good); background: var(--good-soft); }
.verdict.no { border-left-color: var(--bad); background: var(--bad-soft); }
.verdict ul { margin: 6px 0 0; padding-left: 20px; } .verdict li.note { color: var(--muted); }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(138px, 1fr)); gap: 10px; margin-top: 14px; }
.tile { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 11px 14px; }
.tile b { display: block; font-size: 22px; line-height: 1.3; font-weight: 650; letter-spacing: -.01em;
  white-space: nowrap; }
.tile span { color: var(--muted); font-size: 13px; } .tile.bad b { color: var(--bad); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 14px; }
th { text-align: right; color: var(--muted); font-weight: 500; font-size: 13px; }
th:first-child, td:first-child { text-align: left; padding-left: 0; }
td, th { padding: 6px 10px; border-bottom: 1px solid var(--line); white-space: nowrap; }
td { text-align: right; } tr:last-child td { border-bottom: 0; }
.texts td { text-align: left; white-space: normal; overflow-wrap: anywhere; vertical-align: top; }
.better { color: var(--good); } .worse { color: var(--bad); }
.threshold { display: flex; align-items: baseline; gap: 10px; padding: 3px 0; }
.threshold i { font-style: normal; font-weight: 700; } .threshold span { color: var(--muted); }
.pass i { color: var(--good); } .fail i { color: var(--bad); }
code { font: 13px ui-monospace, SFMono-Regular, Menlo, monospace; }
canvas#heat { width: 100%; display: block; }
.uplot, .u-legend { font: inherit; }
.u-legend { font-size: 13px; color: var(--muted); text-align: left; margin-left: 56px; }
.u-legend th { color: inherit; font-weight: 500; padding: 2px 4px; border: 0; }
.u-legend td { padding: 2px 4px; border: 0; min-width: 54px; text-align: left; }
.u-inline tr { margin-right: 6px; } .u-inline.u-live th::after { content: none; }
.u-legend .u-value { color: var(--ink); }
footer { color: var(--muted); font-size: 13px; margin-top: 18px; }
@media (max-width: 560px) {
  main { padding: 18px 10px 40px; } section { padding: 13px 12px; border-radius: 10px; } h1 { font-size: 19px; }
  .tiles { grid-template-columns: 1fr 1fr; gap: 8px; } .tile b { font-size: 19px; }
  .u-legend { margin-left: 0; } td, th { padding: 6px 7px; }
}
@media print { body { background: #fff; } section { break-inside: avoid; } }
`;
