"""How a page looks: in light and dark, on paper, and with nothing that must be fetched."""

from __future__ import annotations

from ..graph import FONT, THEMES, Shown, Theme

STATES: tuple[Shown, ...] = ("done", "failed", "red", "running", "retrying", "cancelled", "abandoned", "waiting")

RULES = """
*{box-sizing:border-box}
html{color-scheme:light dark;-webkit-text-size-adjust:100%}
body{margin:0 auto;padding:1.5rem 1.25rem 4rem;max-width:64rem;background:var(--box);color:var(--text);
font:15px/1.5 FONT;overflow-wrap:break-word}
h1{font-size:1.5rem;line-height:1.25;margin:0 0 .25rem;letter-spacing:-.01em}
h2{font-size:1.1rem;margin:2.25rem 0 .6rem;padding-top:.6rem;border-top:1px solid var(--edge)}
h3{font-size:.95rem;margin:1.1rem 0 .3rem}
p{margin:.3rem 0}
code,pre{font:13px/1.45 ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace}
pre{margin:.4rem 0;padding:.6rem .75rem;background:var(--frame);border-radius:6px;overflow:auto;white-space:pre-wrap}
.muted,.more,caption,dt{color:var(--muted)}
nav ul{display:flex;flex-wrap:wrap;gap:.25rem 1rem;list-style:none;margin:.75rem 0 0;padding:0}
a{color:inherit;text-underline-offset:.2em}
a:focus-visible,[tabindex]:focus-visible{outline:2px solid var(--running);outline-offset:2px;border-radius:3px}
.verdict{font-size:1.05rem;margin:.25rem 0 .75rem}
dl{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(13rem,44%),1fr));gap:.6rem;margin:1rem 0 0}
dl div{padding:.5rem .75rem;background:var(--frame);border-radius:8px}
dt{font-size:.8rem}
dd{margin:0;font-size:1.1rem;font-weight:600;font-variant-numeric:tabular-nums}
figure{margin:0}
.wide{overflow-x:auto}
svg{vertical-align:-.08em}
figure svg{display:block}
table{border-collapse:collapse;font-size:.87rem}
table.leaves{width:100%}
caption{text-align:left;padding:0 0 .3rem;font-size:.87rem}
th,td{text-align:left;vertical-align:top;padding:.28rem .9rem .28rem 0;border-bottom:1px solid var(--edge)}
thead th{font-weight:600;white-space:nowrap}
tbody th{font-weight:400;min-width:8rem}
.n{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
summary{cursor:pointer;padding:.5rem 0}
summary:focus-visible{outline:2px solid var(--running);outline-offset:2px;border-radius:3px}
details caption{display:none}
td.said{color:var(--muted);min-width:12rem;overflow-wrap:anywhere}
.state{white-space:nowrap}
table.waits td:last-child{width:14rem}
.bar{height:.7rem;margin-top:.3rem;border-radius:2px;background:var(--waiting)}
ol.path{margin:.4rem 0;padding-left:2.2rem}
ol.path li.more{list-style:none}
article{margin:0 0 1.2rem}
footer{margin-top:3rem;font-size:.8rem;color:var(--muted)}
@media screen and (max-width:62rem){
figure svg{max-width:none!important}
}
@media print{
body{max-width:none;padding:0;font-size:11px}
nav{display:none}
.wide{overflow:visible}
h2,h3{break-after:avoid}
tr,article,li{break-inside:avoid}
thead{display:table-header-group}
figure svg{max-width:100%;height:auto;max-height:24cm}
*{print-color-adjust:exact;-webkit-print-color-adjust:exact}
}
"""


def style() -> str:
    """Give the sheet of a page."""
    light, dark = THEMES["light"], THEMES["dark"]
    named = "".join(f".state.{state.replace(' ', '-')} svg{{color:var(--{_name(state)})}}" for state in STATES)
    themes = f":root{{{_colours(light)}}}@media (prefers-color-scheme:dark){{:root{{{_colours(dark)}}}}}"
    return themes + RULES.replace("FONT", FONT).replace("\n", "") + named


def _name(state: str) -> str:
    return state.replace(" ", "-")


def _colours(theme: Theme) -> str:
    ink = ",".join(str(int(theme.ink[place : place + 2], 16)) for place in (1, 3, 5))
    own = {
        "box": theme.box,
        "text": theme.text,
        "muted": theme.muted,
        "frame": f"rgba({ink},{theme.fill})",
        "edge": f"rgba({ink},{theme.edge})",
    }
    states = {_name(state): theme.states[state] for state in STATES}
    return "".join(f"--{name}:{value};" for name, value in (own | states).items())
