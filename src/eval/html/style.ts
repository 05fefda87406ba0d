/** The report's style sheet: light and dark, wide and narrow, screen and paper. */
export const STYLE = `
:root{color-scheme:light dark;--paper:#fff;--ink:#1b1f24;--soft:#5b6570;--line:#d5dae0;--tint:#f4f6f8}
@media (prefers-color-scheme:dark){:root{--paper:#101418;--ink:#e6ebf0;--soft:#97a3af;--line:#30373f;--tint:#181d23}}
*{box-sizing:border-box}
body{margin:0 auto;padding:1.5rem;max-width:84rem;background:var(--paper);color:var(--ink);
font:16px/1.5 system-ui,sans-serif}
h1{font-size:1.8rem;margin:0 0 .25rem}
h2{font-size:1.3rem;margin:2.5rem 0 .75rem;border-bottom:1px solid var(--line);padding-bottom:.25rem}
h3{font-size:1.1rem;margin:1.75rem 0 .5rem}
h4{font-size:1rem;margin:1.25rem 0 .5rem;font-weight:500;color:var(--soft)}
p{max-width:50rem}
.soft{color:var(--soft)}
nav a{margin-right:1rem}
a{color:inherit}
.plots{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,24rem),1fr));gap:1.5rem}
.plots figure,.cards figure{margin:0}
svg{display:block;height:auto}
.wide{overflow-x:auto;max-width:100%}
.facets svg{min-width:40rem}
table{border-collapse:collapse;font-variant-numeric:tabular-nums;font-size:.875rem;margin:.5rem 0 1rem}
caption{text-align:left;font-weight:500;padding:.25rem 0}
th,td{padding:.2rem .6rem;text-align:right;border-bottom:1px solid var(--line);white-space:nowrap}
thead th{color:var(--soft);font-weight:500}
.tables{display:flex;flex-wrap:wrap;gap:0 3rem}
th:first-child{text-align:left}
tbody th{text-align:left;font-weight:500}
tbody tr:nth-child(even){background:var(--tint)}
details{border-bottom:1px solid var(--line);padding:.35rem 0}
summary{cursor:pointer}
.pic{background-size:100% 100%;print-color-adjust:exact;-webkit-print-color-adjust:exact}
.stage{position:relative;width:100%;max-width:var(--w);margin:.5rem 0;background:var(--tint)}
.stage .pic{position:absolute;inset:0}
.stage .left{clip-path:inset(0 calc(100% - var(--cut,50%)) 0 0);border-right:0}
.stage::after{content:"";position:absolute;top:0;bottom:0;left:var(--cut,50%);width:2px;margin-left:-1px;
background:#fff;box-shadow:0 0 3px #000;pointer-events:none}
.stage input{position:absolute;inset:0;width:100%;height:100%;margin:0;opacity:0;cursor:ew-resize;touch-action:pan-y}
.stage:focus-within{outline:2px solid var(--ink);outline-offset:2px}
.choices{display:flex;gap:1rem;flex-wrap:wrap}
select{font:inherit;color:inherit;background:var(--tint);border:1px solid var(--line);border-radius:4px;padding:.1rem .3rem}
.cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,13.5rem),1fr));gap:1rem;margin:1rem 0}
.cards .pic{width:100%}
.residual{position:relative;isolation:isolate;margin-top:2px;filter:brightness(4);background:#000}
.residual .pic{position:absolute;inset:0;width:100%;height:100%}
.residual .over{mix-blend-mode:difference}
figcaption{font-size:.8125rem;color:var(--soft);margin-top:.25rem}
figcaption b{color:var(--ink)}
figcaption span{white-space:nowrap}
@media (max-width:40rem){body{padding:1rem .75rem}h1{font-size:1.4rem}}
@media print{:root{--paper:#fff;--ink:#000;--soft:#444;--line:#bbb;--tint:#f4f4f4;color-scheme:light}
body{padding:0;font-size:11px;max-width:none}nav,.slider{display:none}
h2,h3,h4{break-after:avoid}figure,tr{break-inside:avoid}.wide{overflow:visible}
table{font-size:8px}th,td{padding:.1rem .3rem}.cards{grid-template-columns:repeat(5,1fr);gap:.5rem}
.plots{grid-template-columns:repeat(2,1fr)}.facets svg{min-width:0}
details>:not(summary){display:revert}}
`;
