"""A report as one page that needs nothing else: no network, no script, and no text of an agent is ever markup."""

from __future__ import annotations

import contextlib
import os
import pathlib
import secrets
import typing as t
from collections.abc import Iterator

from ..graph import SHOWN_GLYPHS, escape, is_plan, to_svg
from ..report import Report, saved_lines
from ..wording import short
from ._gantt import to_gantt
from ._leaves import leaves_table
from ._markup import ORDER, WORDS, counted, said, scrolled, sign, tag
from ._rows import counts_of
from ._scale import span
from ._spent import spent_section
from ._style import style
from ._trouble import errors_section

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
MOST = 50  # warnings, drains, words of usage
Section = tuple[str, str, str]  # id, headline, HTML


def to_html(
    report: Report,
    path: str | os.PathLike[str] | None = None,
    *,
    plan: t.Any = None,
    title: str = "What a run did",
) -> str:
    """Give a report as one self-contained page: picture, Gantt chart, where the time went, leaves, errors.

    The page loads nothing, runs no script, follows light and dark, and prints. Values and errors are shown in short,
    as text, without what looks like a secret. Its size is bounded however many leaves there were.

    Args:
        report: Of a run, or of a simulation.
        path: A file to write as well; it is there as a whole or not at all.
        plan: For the picture; if nothing is said the plan of the report. Without one there is no picture.
        title: Headline.

    Raises:
        TypeError: *report* is no report, *title* no text, or *path* no path, as is a plan.
        PlanError: *plan* is none.
        OSError: The file cannot be written.

    Example:
        >>> from parallel_dsl import Agent, last_report, run
        >>> _ = run(Agent("a"), agents={"a": lambda: "<b>"})
        >>> page = to_html(last_report())
        >>> "&lt;b&gt;" in page, "<b>" in page, "<script" in page
        (True, False, False)
    """
    if not isinstance(report, Report):
        raise TypeError(f"to_html takes a report, not {type(report).__name__}; try: to_html(last_report())")
    if not isinstance(title, str):
        raise TypeError(f"to_html: title is {short(title)}, expected a str")
    where = None if path is None else _path(path)
    sections = list(_sections(report, report.plan if plan is None else plan))
    page = _page(report, title, sections)
    if where is not None:
        _write(where, page, os.fspath(t.cast("str", path)))
    return page


def _path(path: object) -> pathlib.Path:
    """Give the file to write; a link stays one: what it leads to is written."""
    if is_plan(path):
        raise TypeError(f"to_html: path is {short(path)}, expected a str or a pathlib.Path; did you mean plan=...?")
    try:
        found = os.fspath(t.cast("str", path))
    except Exception:  # it is none, or a hostile one
        found = None
    if not isinstance(found, str):
        raise TypeError(f"to_html: path is {short(path)}, expected a str or a pathlib.Path")
    if not found or "\0" in found:
        raise ValueError(f"to_html: path is {short(path)}, expected the name of a file")
    where = pathlib.Path(os.path.realpath(found))
    if where.is_dir():
        raise IsADirectoryError(f"to_html: path is the folder {short(str(where), 200)}, expected the name of a file")
    return where


def _page(report: Report, title: str, sections: list[Section]) -> str:
    links = (tag("li", tag("a", escape(headline), href=f"#{name}")) for name, headline, _ in sections)
    head = [
        '<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{escape(POLICY)}">',
        '<meta name="viewport" content="width=device-width,initial-scale=1">',
        '<meta name="color-scheme" content="light dark">',
        '<meta name="referrer" content="no-referrer">',
        '<link rel="icon" href="data:,">',
        tag("title", said(title)),
        tag("style", style()),
    ]
    top = tag("header", tag("h1", said(title)), _verdict(report), _measures(report), tag("nav", tag("ul", *links)))
    body = [
        tag("section", tag("h2", escape(headline), id=f"{name}-h"), inside, id=name, aria_labelledby=f"{name}-h")
        for name, headline, inside in sections
    ]
    main = tag("main", top, *body, _footer(report))
    return f'<!DOCTYPE html>\n<html lang="en"><head>{"".join(head)}</head><body>{main}</body></html>\n'


def _sections(report: Report, plan: t.Any) -> Iterator[Section]:
    """Give what is on the page, in order; what there is nothing of is left out."""
    if plan is not None:
        yield "plan", "The plan", tag("figure", scrolled(to_svg(plan, report), "picture of the plan"))
    yield "time", "When each leaf ran", tag("figure", scrolled(to_gantt(report), "Gantt chart"))
    yield "spent", "Where the time went", spent_section(report)
    errors = errors_section(report)
    if errors:
        yield "errors", "Errors", errors
    yield "leaves", "Leaves", leaves_table(report)
    beside = _beside(report)
    if beside:
        yield "beside", "Warnings and notes", tag("ul", *(tag("li", line) for line in beside))


def _verdict(report: Report) -> str:
    """Say first how it came out."""
    if report.failure is not None:
        error = report.failure.error
        return tag("p", sign("failed"), ": ", said(short(error, 300), 300), class_="verdict")
    counts = counts_of(report)
    live = counts["running"] + counts["waiting"] + counts["retrying"]
    if live:
        return tag("p", sign("running"), f": {counted(live, 'leaf is', 'leaves are')} not over yet", class_="verdict")
    bad = {state: count for state, count in counts.items() if count and state != "done"}
    rest = ", ".join(f"{bad[state]:,} {WORDS.get(state, state)}" for state in sorted(bad, key=ORDER.index))
    if bad.keys() - {"failed"}:  # as in a race, or cut by the caller; a command that ended red is not green
        return tag("p", f"over, with {rest}", class_="verdict")
    return tag("p", sign("done"), f", with {rest}" if rest else "", class_="verdict")


def _measures(report: Report) -> str:
    states = sorted(counts_of(report).items(), key=lambda pair: ORDER.index(pair[0]))
    counts = ", ".join(f"{SHOWN_GLYPHS[s]}\u00a0{n:,}" for s, n in states if n)  # no break inside
    tiles = {
        "leaves": f"{report.size:,}",
        "states": counts or "none",
        "took": span(max(0.0, report.wall_seconds)),
        "leaf time": span(report.leaf_seconds),
        "speed-up": f"{report.speed_up:.1f}×",
        "efficiency": f"{report.efficiency * 100:.0f} %",
        "at once, at most": f"{report.peak_concurrency:,}",
        "overhead a leaf": span(report.overhead_per_leaf),
    }
    return tag("dl", *(tag("div", tag("dt", name), tag("dd", escape(value))) for name, value in tiles.items()))


def _beside(report: Report) -> list[str]:
    """Give warnings, what drains have saved, and what leaves said that they used."""
    lines = [f"warning: {said(warning, 300)}" for warning in report.warnings[:MOST]]
    more = len(report.warnings) - MOST
    lines += [f"… and {counted(more, 'more warning')}"] if more > 0 else []
    lines += [said(line, 300) for line in saved_lines(report)[:MOST]]
    used: dict[str, float] = {}
    for amounts in report.usage.values():
        for name, amount in amounts.items():
            used[name] = used.get(name, 0.0) + amount
    lines += [f"used: {said(name, 60)} {amount:,.10g}" for name, amount in list(used.items())[:MOST]]
    if report.let_go:
        lines.append(f"{counted(sum(report.let_go.values()), 'leaf', 'leaves')} let go after a drain: not in the lists")
    return lines


def _footer(report: Report) -> str:
    run = [f"run {tag('code', said(report.run_id, 80))}"] if report.run_id else []
    seed = [] if report.seed is None else [f"seed {tag('code', said(str(report.seed), 40))}"]
    return tag("footer", tag("p", " · ".join([*run, *seed, "made by parallel_dsl"])))


def _write(path: pathlib.Path, text: str, said: str) -> None:
    """Write a file as a whole: who reads it while it is written sees the one before; errors name what was *said*."""
    beside = path.with_name(f".{secrets.token_hex(8)}.tmp")  # nobody can guess it, two threads never share it
    try:
        with beside.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
        if path.exists():
            beside.chmod(path.stat().st_mode & 0o7777)
        beside.replace(path)
    except BaseException as error:
        with contextlib.suppress(OSError):  # the first error tells more
            beside.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.errno is not None:
            raise OSError(error.errno, f"to_html: {error.strerror}", said) from None
        raise
