// How the page of a report looks: light on paper, as the reader prefers it on a screen.
#ifndef QUINIELA_REPORT_PAGE_STYLE_H
#define QUINIELA_REPORT_PAGE_STYLE_H

#define PAGE_LIGHT                                                                                           \
    "--paper:#fff;--ink:#1c2430;--soft:#5c6675;--line:#dde2e9;--card:#f4f6f9;--accent:#2457b8;"              \
    "--warn:#b23b1e;--warn-card:#fdeee9;--down:#f0b9a8;--gap:#e59a3c;--heat1:#dbe7fa;--heat2:#a9c6f2;--"     \
    "heat3:#6c9be3;"                                                                                         \
    "--heat4:#2f66c4;--heat5:#123a82;"

#define PAGE_DARK                                                                                            \
    "--paper:#12161c;--ink:#e6eaf0;--soft:#9aa5b4;--line:#2c3440;--card:#1b212a;--accent:#7aa8f5;"           \
    "--warn:#ff9b7d;--warn-card:#3a2018;--down:#7a3423;--gap:#e5a95c;--heat1:#1c2a40;--heat2:#27457a;--"     \
    "heat3:#3f6fc0;"                                                                                         \
    "--heat4:#78a6f0;--heat5:#cfe0ff;"

#define PAGE_STYLE                                                                                           \
    ":root{color-scheme:light dark;" PAGE_LIGHT "}"                                                          \
    "@media screen and (prefers-color-scheme:dark){:root{" PAGE_DARK "}}"                                    \
    "*{box-sizing:border-box}"                                                                               \
    "body{margin:0 auto;max-width:60rem;padding:2rem 1.25rem 4rem;background:var(--paper);"                  \
    "color:var(--ink);font:15px/1.5 system-ui,-apple-system,'Segoe UI','DejaVu Sans',sans-serif}"            \
    "h1{font-size:1.9rem;line-height:1.2;margin:0 0 .25rem}"                                                 \
    "h2{font-size:1.2rem;margin:2.4rem 0 .6rem;padding-bottom:.3rem;border-bottom:2px solid var(--line)}"    \
    "h3{font-size:1rem;margin:1.4rem 0 .4rem}"                                                               \
    "@media screen{.wide{overflow-x:auto}}"                                                                  \
    "p{margin:.4rem 0}.soft{color:var(--soft);font-size:.9rem}"                                              \
    ".warn{background:var(--warn-card);color:var(--warn);border-left:4px solid var(--warn);"                 \
    "padding:.6rem .8rem;font-weight:600}"                                                                   \
    ".tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(9.5rem,1fr));gap:.7rem;"               \
    "margin:1.3rem 0}"                                                                                       \
    ".tile{background:var(--card);border:1px solid var(--line);border-radius:.5rem;padding:.7rem .9rem;"     \
    "break-inside:avoid}"                                                                                    \
    ".tile "                                                                                                 \
    "b{display:block;font-size:1.45rem;line-height:1.25;font-variant-numeric:tabular-nums;white-space:"      \
    "nowrap}"                                                                                                \
    ".tile span{color:var(--soft);font-size:.85rem}.tile.main b{color:var(--accent)}"                        \
    ".tile.bad{background:var(--warn-card);border-color:var(--warn)}.tile.bad "                              \
    ":is(b,span){color:var(--warn)}"                                                                         \
    "table{border-collapse:collapse;width:100%;font-size:.88rem;font-variant-numeric:tabular-nums}"          \
    "th,td{padding:.28rem .5rem;text-align:right;vertical-align:top;border-bottom:1px solid var(--line)}"    \
    "th{color:var(--soft);font-weight:600}"                                                                  \
    ".left1 :is(th,td):nth-child(-n+1),.left2 :is(th,td):nth-child(-n+2),"                                   \
    ".left3 :is(th,td):nth-child(-n+3),.left4 :is(th,td):nth-child(-n+4){text-align:left}"                   \
    "td.long,dd{overflow-wrap:anywhere}"                                                                     \
    "dl{display:grid;grid-template-columns:max-content 1fr;gap:.3rem 1.2rem;margin:.5rem 0}"                 \
    "dt{color:var(--soft)}dd{margin:0}"                                                                      \
    "code,pre{font:.82rem/1.5 ui-monospace,'DejaVu Sans Mono',monospace}"                                    \
    "pre{background:var(--card);border:1px solid var(--line);border-radius:.4rem;padding:.6rem .8rem;"       \
    "white-space:pre-wrap;overflow-wrap:anywhere}"                                                           \
    ".pair{display:grid;grid-template-columns:1fr 1fr;gap:0 2rem}"                                           \
    ".hidden{color:var(--warn);font-size:.8em}"                                                              \
    "figure{margin:.6rem 0;break-inside:avoid}figcaption{color:var(--soft);font-size:.85rem}"                \
    "svg{display:block;width:100%;height:auto}svg text{fill:var(--soft);font-size:11px}"                     \
    ".map{max-width:36rem}.map text{font-size:2.6px}"                                                        \
    ".grid{stroke:var(--line);stroke-width:1}.bar{fill:var(--accent)}.gap{fill:var(--gap)}"                  \
    ".down{fill:var(--down)}.none{fill:none;stroke:var(--soft)}.paper{display:none}"                         \
    ".mark{fill:none;stroke:var(--ink);stroke-width:2}.cut{fill:none;stroke:var(--warn);stroke-width:3}"     \
    ".curve{fill:none;stroke:var(--accent);stroke-width:1.5}"                                                \
    ".h1{stroke:var(--heat1)}.h2{stroke:var(--heat2)}.h3{stroke:var(--heat3)}.h4{stroke:var(--heat4)}"       \
    ".h5{stroke:var(--heat5)}.heat{fill:none;stroke-width:1}"                                                \
    ".chosen{fill:none;stroke:var(--warn);stroke-width:.5}"                                                  \
    ".legend{display:flex;flex-wrap:wrap;gap:.2rem 1.1rem;color:var(--soft);font-size:.85rem}"               \
    ".legend svg{display:inline-block;width:1.5rem;height:.75rem;margin-right:.35rem}"                       \
    "@media screen and (max-width:40rem){figure:not(.map){overflow-x:auto}"                                  \
    "figure:not(.map)>svg{min-width:36rem}}"                                                                 \
    "@media (max-width:40rem){.pair{grid-template-columns:1fr}table{font-size:.78rem}"                       \
    "th,td{padding:.25rem .3rem}dl{grid-template-columns:1fr}dt{margin-top:.3rem}}"

// A style of its own: a string may have 4,095 bytes.
#define PAGE_PAPER_STYLE                                                                                     \
    "@page{size:A4;margin:11mm 12mm}"                                                                        \
    "@media print{html{font-size:11.5px}body{max-width:none;padding:0;font-size:8.6pt;line-height:1.35}"     \
    "h1{font-size:16pt}h2{font-size:11pt;margin:.9rem 0 .35rem}h3{font-size:9pt;margin:.6rem 0 .2rem}"       \
    "h2,h3{break-after:avoid}.tiles{grid-template-columns:repeat(5,1fr);gap:.5rem;margin:.7rem 0}"           \
    ".tile{padding:.4rem .6rem}.tile b{font-size:13pt}th,td{padding:.12rem .4rem}p{margin:.25rem 0}"         \
    "tr,dl,pre,.pair,.map{break-inside:avoid}"                                                               \
    ".spread{display:grid;grid-template-columns:92mm 1fr;gap:0 1.5rem;align-items:start}"                    \
    ".map{margin:0}.quiet{display:none}.paper{display:block}thead{display:table-header-group}"               \
    "*{-webkit-print-color-adjust:exact;print-color-adjust:exact}}"

#endif
