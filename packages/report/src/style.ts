/** The look of a report: light, dark and on paper. */
export const style: string = `
:root {
  color-scheme: light dark;
  --paper: #fdfdfc; --ink: #1b1d21; --soft: #6a6f78; --line: #e4e4e0; --faint: #f3f3f0;
  --accent: #1f6feb; --fill: #9aa7b8; --grid: #1f6feb66; --warn: #b4430d; --warn-fill: #e2763a; --warn-faint: #fdf0e7;
  --mono: ui-monospace, 'SF Mono', 'Cascadia Mono', Menlo, 'DejaVu Sans Mono', monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #121417; --ink: #e6e7e9; --soft: #979da7; --line: #2a2e34; --faint: #1a1d21;
    --accent: #6ea8ff; --fill: #66717f; --grid: #6ea8ff66; --warn: #f0a06b; --warn-fill: #d9783f; --warn-faint: #2a1f18;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; scroll-behavior: smooth; }
body {
  margin: 0 auto; padding: 3.5rem 1.5rem 5rem; max-width: 68rem; background: var(--paper); color: var(--ink);
  font: 15px/1.55 system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif;
  font-variant-numeric: tabular-nums;
}
h1, h2, h3, h4, p, dl, dd, ul, figure { margin: 0; padding: 0; }
ul { list-style: none; }
h1 { font-size: clamp(1.6rem, 4vw, 2.25rem); line-height: 1.2; font-weight: 650; letter-spacing: -0.02em; overflow-wrap: anywhere; }
h2 { font-size: 1.2rem; font-weight: 620; letter-spacing: -0.01em; margin-bottom: 0.5rem; }
h2 + p, section > p { color: var(--soft); max-width: 50rem; text-wrap: pretty; }
section { margin-top: 3.5rem; }
small, i { font-size: 0.8em; font-style: normal; font-weight: 400; color: var(--soft); }
b { font-weight: 620; }
.eyebrow { color: var(--soft); font-size: 0.85rem; margin-bottom: 0.35rem; }
.summary { margin-top: 0.5rem; color: var(--soft); font-size: 1.05rem; }
.muted { color: var(--soft); }
.name, code, pre { font-family: var(--mono); font-size: 0.82rem; font-weight: 400; overflow-wrap: anywhere; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(12rem, 16rem)); margin-top: 2.25rem; border-top: 1px solid var(--ink); }
.figure { padding: 0.9rem 1.5rem 0 0; }
.figure dt { font-size: 0.85rem; color: var(--soft); }
.figure .value { font-size: 2rem; line-height: 1.25; font-weight: 600; letter-spacing: -0.02em; }
.figure .value small { font-size: 0.5em; margin-left: 0.2em; letter-spacing: 0; }
.figure .note { font-size: 0.85rem; color: var(--soft); }
svg.size { display: block; width: 100%; height: 6px; margin: 0.15rem 0 0.45rem; border-radius: 3px; overflow: hidden; }
svg.size .before { fill: var(--line); } svg.size .after { fill: var(--accent); }
.scroll { overflow-x: auto; margin-top: 1.25rem; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 2px; }
table { border-collapse: collapse; width: 100%; font-size: 0.88rem; }
thead th { border-bottom: 1px solid var(--ink); font-weight: 500; color: var(--soft); vertical-align: bottom; white-space: nowrap; }
th, td { text-align: left; padding: 0.42rem 0 0.42rem 1.25rem; border-bottom: 1px solid var(--line); vertical-align: top; font-weight: 400; }
th:first-child { padding-left: 0; }
td { white-space: nowrap; }
td.reason { white-space: normal; }
.number { text-align: right; }
tbody tr:hover { background: var(--faint); }
tr:target { background: var(--faint); box-shadow: -3px 0 0 var(--accent); }
tbody th { min-width: 11rem; }
.reason { display: block; color: var(--soft); font-size: 0.8rem; }
td.reason { display: table-cell; } td.no { color: var(--warn); }
tr.worst .name, tr.worst .judged { color: var(--warn); }
.tag { margin-left: 0.6em; padding: 0.05em 0.5em; border-radius: 1em; background: var(--warn-faint); color: var(--warn); font-size: 0.72rem; white-space: nowrap; }
th button { all: unset; cursor: pointer; }
th button:hover { color: var(--ink); }
th button:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 2px; }
th[aria-sort] { color: var(--ink); }
th[aria-sort] button::after { content: ' ↑'; } th[aria-sort='descending'] button::after { content: ' ↓'; }
.chips { display: flex; flex-wrap: wrap; gap: 0.3rem 1.25rem; margin-top: 0.6rem; font-size: 0.85rem; color: var(--soft); }
.chips b { color: var(--ink); }
section .scroll + p { margin-top: 1rem; }
.sqnr { margin-top: 1rem; }
figcaption { font-size: 0.88rem; color: var(--soft); } figcaption b { color: var(--ink); }
.legend { white-space: nowrap; margin-right: 0.7rem; }
.plot { position: relative; height: 11rem; margin: 1rem 0 0 2rem; }
.plot svg { position: absolute; inset: 0; width: 100%; height: 100%; overflow: visible; }
.scale { font-size: 0.75rem; color: var(--soft); }
.scale span { position: absolute; right: calc(100% + 0.5rem); transform: translateY(-50%); }
.rule { stroke: var(--line); } .bar { fill: var(--fill); } .bar.worst { fill: var(--warn-fill); }
.hit { fill: transparent; } a:hover .bar { fill: var(--accent); }
.drop, .before, .after { vector-effect: non-scaling-stroke; fill: none; }
.drop { stroke: var(--accent); stroke-width: 1.5; opacity: 0.5; } .before { stroke: var(--soft); stroke-width: 2; } .after { stroke: var(--accent); stroke-width: 4; }
.drop.rejected, .after.rejected { stroke: var(--warn-fill); }
a:hover .drop { opacity: 1; }
.key.before, .key.after, .key.rejected { height: 2px; vertical-align: 0.25rem; background: var(--soft); }
.key.after, .key.rejected { height: 4px; background: var(--accent); } .key.rejected { background: var(--warn-fill); }
.losses { margin-left: 3.2rem; } section > h3 { margin-top: 2rem; font-size: 0.95rem; font-weight: 620; }
.tick { stroke: var(--ink); stroke-width: 1.5; }
.rule, .tick, .grid { vector-effect: non-scaling-stroke; fill: none; }
.key { display: inline-block; width: 0.75rem; height: 0.75rem; border-radius: 2px; margin-right: 0.15rem; vertical-align: -0.08rem; }
.key.bar { background: var(--fill); } .key.worst { background: var(--warn-fill); } .key.tick { height: 2px; vertical-align: 0.25rem; background: var(--ink); }
.key.outside { background: var(--warn-fill); opacity: 0.45; }
.hint { margin-top: 1.5rem; padding: 1rem 1.25rem; background: var(--faint); border-radius: 8px; font-size: 0.9rem; }
.hint ul { margin-top: 0.5rem; }
.hint li { display: grid; grid-template-columns: 1fr auto auto; align-items: center; gap: 0 1rem; padding: 0.2rem 0; }
button.copy { font: inherit; font-size: 0.8rem; color: var(--accent); background: none; border: 1px solid var(--line); border-radius: 5px; padding: 0.1rem 0.65rem; min-width: 4.4rem; cursor: pointer; }
button.copy:hover { border-color: var(--accent); }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 30rem), 1fr)); gap: 1.75rem 2.5rem; margin-top: 1.5rem; }
.cards article { display: grid; grid-template-columns: 1fr 1fr; gap: 0.5rem 1.5rem; align-content: start; break-inside: avoid; }
.cards h3 { grid-column: 1 / -1; padding-bottom: 0.3rem; border-bottom: 1px solid var(--line); }
h4 { font-size: 0.8rem; font-weight: 500; } h4 span { color: var(--soft); font-weight: 400; margin-left: 0.4em; }
.histogram { display: block; width: 100%; height: 56px; margin-top: 0.3rem; border-bottom: 1px solid var(--soft); }
.bins { fill: var(--fill); } .grid { stroke: var(--grid); stroke-width: 1; } .outside { fill: var(--warn-fill); opacity: 0.22; }
.axis { display: flex; justify-content: space-between; font-size: 0.72rem; color: var(--soft); }
.samples { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 22rem), 1fr)); gap: 1.25rem 2rem; margin-top: 1.25rem; }
.samples article { break-inside: avoid; } .samples img { display: block; max-width: 100%; height: 40px; object-fit: contain; object-position: left; background: #fff; border-radius: 4px; border: 1px solid var(--line); }
.samples dl { display: grid; grid-template-columns: max-content 1fr; gap: 0 1rem; margin-top: 0.4rem; font-size: 0.85rem; }
.samples dt { color: var(--soft); } .samples dd { font-family: var(--mono); font-size: 0.82rem; white-space: pre-wrap; } 
.differs mark { background: var(--warn-faint); color: var(--warn); border-bottom: 2px solid var(--warn-fill); font-weight: 700; }
.facts { display: grid; grid-template-columns: repeat(auto-fill, minmax(13rem, 1fr)); gap: 0.9rem 1.5rem; margin-top: 0.75rem; }
.facts dt { font-size: 0.82rem; color: var(--soft); } .facts dd { overflow-wrap: anywhere; }
.command { display: flex; align-items: start; gap: 1rem; margin-top: 1.5rem; padding: 0.9rem 1.1rem; background: var(--faint); border-radius: 8px; }
.command pre { flex: 1; margin: 0; white-space: pre-wrap; }
footer { margin-top: 4rem; padding-top: 0.9rem; border-top: 1px solid var(--line); font-size: 0.82rem; color: var(--soft); }
@media (max-width: 34rem) {
  body { padding: 2rem 1rem 3rem; }
  .figures { grid-template-columns: 1fr 1fr; } .figure .value { font-size: 1.5rem; }
  .cards article { grid-template-columns: 1fr; }
  .plot { height: 8rem; } .hint li { grid-template-columns: 1fr auto; } .hint li .muted { grid-row: 2; }
}
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
@media print {
  :root { --paper: #fff; --ink: #000; --soft: #555; --line: #ddd; --faint: #f6f6f6; --accent: #1f6feb; --fill: #9aa7b8; --grid: #1f6feb66; --warn: #b4430d; --warn-fill: #e2763a; --warn-faint: #fff; }
  html { font-size: 11.5px; }
  body { padding: 0; max-width: none; font-size: 0.94rem; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  button.copy { display: none; } .scroll { overflow: visible; } tr { break-inside: avoid; } h2 { break-after: avoid; }
}
`;
