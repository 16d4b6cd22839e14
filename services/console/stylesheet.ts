/** The console's whole stylesheet: small enough to be served from memory, and nothing that needs another node. */
export const stylesheet = `
:root { color-scheme: light dark; --ink: light-dark(#1c2430, #e6e9ee); --soft: light-dark(#5a6473, #9aa4b2); --paper: light-dark(#fbfaf7, #14171c); --card: light-dark(#fff, #1c2128);
  --line: light-dark(#dcdfe4, #323a45); --good: light-dark(#1a7f4b, #58c98b); --warn: light-dark(#96600a, #e3b341); --bad: light-dark(#b3261e, #ff8a80); }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 72rem; padding: 1.5rem; font: 1rem/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); }
h1 { font-size: 1.4rem; margin: 0; } h2 { font-size: .95rem; margin: 0; color: var(--soft); font-weight: 600; }
header p { margin: .25rem 0; color: var(--soft); } .sum { color: var(--ink); } .warning { color: var(--bad); }
section { display: grid; grid-template-columns: 7rem 1fr; gap: 1rem; align-items: start; padding: .75rem 0; border-top: 1px solid var(--line); }
main { margin-top: 1.25rem; } a { color: inherit; } ul { list-style: none; margin: 0; padding: 0; } .nodes { display: flex; flex-wrap: wrap; gap: .6rem; }
.nodes li { min-width: 12.5rem; padding: .5rem .75rem; border: 1px solid var(--line); border-left: .3rem solid var(--soft); border-radius: .4rem; background: var(--card); }
li .state { float: right; color: var(--soft); } .nodes a { font-weight: 600; text-decoration: none; } .nodes a:hover, .nodes a:focus-visible { text-decoration: underline; }
.injected { color: var(--warn); } .quiet { color: var(--soft); margin: 0; } small { display: block; color: var(--soft); }
.nodes .alive { border-left-color: var(--good); } .alive .state { color: var(--good); }
.nodes :is(.suspect, .starting, .draining) { border-left-color: var(--warn); } .suspect .state, .starting .state, .draining .state { color: var(--warn); }
.nodes :is(.dead, .quarantined) { border-left-color: var(--bad); } .dead .state, .quarantined .state { color: var(--bad); font-weight: 700; }
.wide { grid-template-columns: 1fr; gap: .5rem; } .verdict { margin: 0; font-size: 1.1rem; } .alive.verdict .state { color: var(--good); }
.faults li, .breaks li { padding: .3rem 0; } .faults form, .breaks form { display: inline; } .reasons { list-style: disc; padding-left: 1.2rem; color: var(--soft); }
.faults small, .breaks small { display: inline; } .breaks button { min-width: 6rem; }
button { font: inherit; padding: .25rem .8rem; border: 1px solid var(--line); border-radius: .4rem; background: var(--card); color: var(--ink); cursor: pointer; }
button:hover { border-color: var(--soft); } .halt { border-color: var(--bad); color: var(--bad); }
.scroll { overflow-x: auto; } table { border-collapse: collapse; font-size: .9rem; } th, td { text-align: left; padding: .2rem .9rem .2rem 0; white-space: nowrap; } th { color: var(--soft); font-weight: 600; } .number { text-align: right; font-variant-numeric: tabular-nums; }
footer { color: var(--soft); font-size: .9rem; border-top: 1px solid var(--line); }
@media (max-width: 40rem) { body { padding: 1rem; } section { grid-template-columns: 1fr; gap: .4rem; } .nodes li { flex: 1 1 100%; } }
`;
