#include "exporter/web/landing.h"

namespace exporter::web {

const std::string_view kStyle = R"(
:root{--ground:#f4f6f8;--card:#fff;--line:#e1e6ec;--ink:#17202e;--quiet:#5b6779;--accent:#0d9488;
--track:#e9eef2;--idle:#f59e0b;--unmounted:#94a3b8;--ok:#16a34a;--failing:#d97706;--stale:#dc2626;
--waiting:#7c8aa0;--alarm:#fdf0ef;--shadow:0 1px 2px rgba(20,30,50,.05),0 4px 16px rgba(20,30,50,.05)}
@media(prefers-color-scheme:dark){:root{--ground:#0e131b;--card:#171e29;--line:#273142;--ink:#e7ecf3;
--quiet:#98a5b8;--accent:#2dd4bf;--track:#242d3b;--idle:#fbbf24;--unmounted:#64748b;--ok:#4ade80;
--failing:#fbbf24;--stale:#f87171;--waiting:#8492a8;--alarm:#2c1d20;--shadow:none}}
*{box-sizing:border-box;margin:0;padding:0}
body{background:var(--ground);color:var(--ink);font:15px/1.5 Inter,system-ui,-apple-system,"Segoe UI",
Roboto,"Helvetica Neue",Arial,sans-serif;font-variant-numeric:tabular-nums;-webkit-text-size-adjust:100%}
main{max-width:1120px;margin:0 auto;padding:28px 20px 56px}
ul,ol{list-style:none}
code{font:13px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
a{color:var(--accent);text-decoration:none}
a:hover{text-decoration:underline}
a:focus-visible{outline:2px solid var(--accent);outline-offset:3px;border-radius:3px}
small{font-size:.62em;font-weight:500;color:var(--quiet);letter-spacing:.03em}
.muted{color:var(--quiet);font-size:13px}
.top{display:flex;align-items:center;gap:14px;flex-wrap:wrap;margin-bottom:24px}
.logo{width:40px;height:40px;flex:none}
.logo circle{fill:var(--accent)}
.logo path{fill:var(--card)}
.title{flex:1 1 220px}
h1{font-size:21px;line-height:1.25;letter-spacing:-.015em}
h2{font-size:16px;margin:28px 0 12px;overflow-wrap:anywhere}
h3{font-size:14px;font-weight:600;color:var(--quiet);margin-bottom:14px;overflow-wrap:anywhere}
.dot{display:inline-block;width:8px;height:8px;border-radius:50%;background:currentColor;flex:none}
.pill,.state{display:inline-flex;align-items:center;gap:7px;font-size:13px;font-weight:600}
.pill{padding:5px 13px;border-radius:99px;background:var(--card);border:1px solid var(--line)}
.ok{color:var(--ok)}.failing{color:var(--failing)}.stale{color:var(--stale)}.waiting{color:var(--waiting)}
.grid{display:grid;gap:16px;grid-template-columns:repeat(auto-fit,minmax(min(100%,340px),1fr));align-items:stretch}
.card,.fleet,.empty{background:var(--card);border:1px solid var(--line);border-radius:14px;
box-shadow:var(--shadow);padding:20px 22px}
.fleet{display:flex;flex-wrap:wrap;gap:14px 48px}
.fleet p{align-self:center}
.fleet dd{font-size:22px;font-weight:650;letter-spacing:-.02em}
dt,.label{font-size:13px;color:var(--quiet)}
.muted+.label{margin-top:14px}
.big{font-size:34px;line-height:1.2;font-weight:680;letter-spacing:-.03em}
.big small{font-size:.42em}
p.big.muted{font-size:20px;line-height:1.6;font-weight:500;letter-spacing:0}
.rates{display:flex;flex-wrap:wrap;gap:10px 36px;margin:16px 0}
.rates dd{font-size:18px;font-weight:620;letter-spacing:-.01em}
.split{display:flex;gap:2px;height:10px;border-radius:5px;overflow:hidden;background:var(--track)}
.split i{display:block}
i.used{background:var(--accent)}i.idle{background:var(--idle)}i.unmounted{background:var(--unmounted)}
.legend{display:grid;gap:2px;margin-top:10px;font-size:13px}
.legend li{display:flex;align-items:center;gap:8px}
.legend span{margin-left:auto}
.legend small,.ranking small{font-size:11px}
.ranking{display:grid;grid-template-columns:minmax(0,1.1fr) minmax(0,1fr) auto;gap:9px 14px;align-items:center;
font-size:14px}
.ranking li{display:contents}
.name{overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.track{height:6px;border-radius:3px;background:var(--track);overflow:hidden}
.track i{display:block;height:100%;border-radius:3px;background:var(--accent)}
.value{text-align:right;white-space:nowrap}
.rest{color:var(--quiet)}.rest .track i{background:var(--unmounted)}
.grid+.card{margin-top:16px}
.cluster{display:grid;align-content:start;gap:22px 48px;grid-template-columns:repeat(auto-fit,minmax(min(100%,300px),1fr))}
.queries{display:grid;gap:18px 32px;grid-template-columns:repeat(auto-fit,minmax(min(100%,270px),1fr))}
.query{display:flex;justify-content:space-between;align-items:center}
.failure{margin-top:8px;padding:8px 11px;border-left:3px solid var(--stale);border-radius:4px;
background:var(--alarm);font-size:13px;overflow-wrap:anywhere}
.empty{text-align:center;padding:64px 24px}
.empty h2{font-size:19px;margin:0 0 6px}
.empty p{max-width:46ch;margin:0 auto}
.empty .pulse{margin:0 0 16px}
.hollow h3{display:inline-block;font-size:16px;color:var(--ink);margin-bottom:4px}
.pulse{display:inline-block;width:14px;height:14px;border-radius:50%;background:var(--accent);margin:0 10px 0 0;
animation:pulse 1.6s ease-in-out infinite}
@keyframes pulse{50%{opacity:.25;transform:scale(.7)}}
@media(prefers-reduced-motion:reduce){.pulse{animation:none}}
.links{margin-top:28px}
.links h2{margin:0 0 10px}
.links li{display:grid;grid-template-columns:minmax(0,270px) minmax(0,1fr);gap:2px 20px;padding:5px 0;align-items:baseline}
.links code{overflow-wrap:anywhere}
.links span{color:var(--quiet);font-size:14px}
@media(max-width:560px){main{padding:18px 14px 40px}.card{padding:17px 16px}.links li{grid-template-columns:1fr;
padding:8px 0}.fleet{gap:12px 30px}}
)";

}  // namespace exporter::web
