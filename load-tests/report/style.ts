/** The report's style sheet, light and dark. */
export const STYLE = `
:root { color-scheme: light dark; --paper: #f6f7fb; --card: #fff; --ink: #16181f; --faint: #5b6172; --edge: #e1e4ee; --grid: #e7e9f1; --band: #5b6cff12;
  --good: #137a48; --bad: #b3261e; --unsure: #8a5a00; --c1: #4353d9; --c2: #c2500b; --c3: #0b7f6f; --c4: #8a3fb3; }
@media (prefers-color-scheme: dark) { :root { --paper: #0e1117; --card: #181b24; --ink: #eef0f7; --faint: #a3a9ba; --edge: #272b37; --grid: #262a36; --band: #8d99ff14;
  --good: #5fd39a; --bad: #ff8f86; --unsure: #f2c14e; --c1: #8d99ff; --c2: #f2995c; --c3: #4fd1bd; --c4: #d49bf2; } }
* { box-sizing: border-box; margin: 0; }
body { max-width: 78rem; margin: 0 auto; padding: 2rem 1.25rem 3rem; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.5rem; letter-spacing: -0.02em; line-height: 1.2; }
h2 { font-size: 1rem; }
header p { margin-top: 0.35rem; color: var(--faint); }
.verdict { font-weight: 650; }
.held, td.held { color: var(--good); }
.missed { color: var(--bad); }
.late { color: var(--unsure); }
main { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 27rem), 1fr)); gap: 1rem; margin-top: 1.25rem; }
section, figure { min-width: 0; padding: 1rem 1.1rem; border: 1px solid var(--edge); border-radius: 14px; background: var(--card); }
.wide { grid-column: 1 / -1; }
.scrolls { overflow-x: auto; }
table { width: 100%; margin-top: 0.5rem; border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: 0.3rem 0.7rem 0.3rem 0; text-align: right; white-space: nowrap; }
th:first-child, td:first-child { text-align: left; }
th { color: var(--faint); font-size: 0.87rem; font-weight: 500; }
tr + tr td { border-top: 1px solid var(--grid); }
td.part { padding-left: 1rem; color: var(--faint); }
figcaption { display: flex; flex-wrap: wrap; gap: 0.2rem 1rem; justify-content: space-between; margin-bottom: 0.4rem; }
.key { margin-left: 0.9rem; color: var(--faint); font-size: 0.87rem; }
.key::before { display: inline-block; width: 0.9rem; height: 3px; margin-right: 0.3rem; border-radius: 2px; background: var(--c); vertical-align: middle; content: ''; }
.key.target::before { height: 0; border-top: 2px dashed var(--faint); border-radius: 0; background: none; }
svg { display: block; width: 100%; height: auto; overflow: hidden; }
.tick { fill: var(--faint); font-size: 12px; }
.grid { stroke: var(--grid); }
.band { fill: var(--band); }
.edge { stroke: var(--edge); stroke-width: 1.5; }
.limit { stroke: var(--faint); stroke-width: 1.5; stroke-dasharray: 5 4; }
.line { fill: none; stroke: var(--c); stroke-width: 2; stroke-linejoin: round; }
.fill { fill: var(--c); opacity: 0.16; }
.c1 { --c: var(--c1); } .c2 { --c: var(--c2); } .c3 { --c: var(--c3); } .c4 { --c: var(--c4); }
.bar { display: grid; grid-template-columns: 4.5rem 1fr 4.5rem; gap: 0.7rem; align-items: center; margin-top: 0.35rem; font-variant-numeric: tabular-nums; }
.bar span:last-child { text-align: right; }
.bar i { display: block; height: 0.6rem; border-radius: 0.3rem; background: var(--grid); overflow: hidden; }
.bar b { display: block; height: 100%; background: var(--c1); }
.note, footer { margin-top: 1rem; color: var(--faint); font-size: 0.87rem; }
`;
