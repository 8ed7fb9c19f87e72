"""A page is whole, inert and bounded, whatever agents gave and however many there were."""

from __future__ import annotations

import html.parser
import itertools
import pathlib
import re
import typing as t

import attrs
import pytest
from charts import leaf, reported
from hostile import HOSTILE, everywhere, failed

import parallel_dsl as dsl
from parallel_dsl.display import to_html
from parallel_dsl.display._leaves import ROWS
from parallel_dsl.display._trouble import errors_section
from parallel_dsl.events import Event
from parallel_dsl.report import Report
from parallel_dsl.results import Failed, Succeeded

VOID = {"meta", "link", "img", "br", "rect", "path"}


@attrs.define
class Read(html.parser.HTMLParser):
    """A page, taken apart: what elements there are, what they are in, and the text."""

    tags: list[tuple[str, dict[str, str | None]]] = attrs.field(factory=list)
    open: list[str] = attrs.field(factory=list)
    text: list[str] = attrs.field(factory=list)
    wrong: list[str] = attrs.field(factory=list)

    def __attrs_pre_init__(self) -> None:
        super().__init__()

    @classmethod
    def of(cls, page: str) -> Read:
        read = cls()
        read.feed(page)
        read.close()
        return read

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID and (not self.open or self.open.pop() != tag):
            self.wrong.append(tag)

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    def all(self, name: str) -> list[dict[str, str | None]]:
        return [found for tag, found in self.tags if tag == name]


def plan() -> dsl.Plan[t.Any]:
    return dsl.Stage(
        scan=leaf(1),
        fixes=dsl.Settled(a=leaf(2, 1), b=leaf(1, 9), c=leaf(3)).retry(2, delay=1, jitter=False).limit(2),
        check=leaf(1),
    )


def test_a_page_is_well_formed_and_loads_nothing() -> None:
    """All elements are closed; there is no script, no address to load from, and a policy that forbids both."""
    read = Read.of(to_html(reported(plan())))
    assert not read.wrong
    assert not read.open
    names = {tag for tag, _ in read.tags}
    assert not names & {"script", "iframe", "object", "embed", "form", "base", "img"}
    policies = [m["content"] for m in read.all("meta") if m.get("http-equiv") == "Content-Security-Policy"]
    assert len(policies) == 1
    assert "default-src 'none'" in (policies[0] or "")
    for _, given in read.tags:
        assert not any(name.startswith("on") for name in given)
        for name in ("src", "href"):
            assert (given.get(name) or "#").startswith(("#", "data:,"))


def test_a_page_has_everything() -> None:
    """Picture, chart, critical path, waits, errors, leaves, run and seed are there, and links lead to them."""
    report = reported(plan())
    page = to_html(report, title="Run of <today>")
    read = Read.of(page)
    text = " ".join(read.text)
    assert len([g for g in read.all("svg") if g.get("role") == "img"]) == 2
    ids = [found["id"] for _, found in read.tags if found.get("id")]
    assert len(ids) == len(set(ids))
    assert {(a["href"] or "")[1:] for a in read.all("a")} <= set(ids)
    for words in ("Run of <today>", "Critical path", "waited for a limit", "no good", "ValueError", "run", "seed"):
        assert words in text
    rows = [found for found in read.all("th") if found.get("scope") == "row"]
    assert len(rows) >= len(report)
    assert all(found.get("scope") in ("row", "col") for found in read.all("th"))


def test_headlines_step_by_one() -> None:
    """There is one h1, and no level is left out: a screen reader goes by them."""
    levels = [int(tag[1]) for tag, _ in Read.of(to_html(reported(plan()))).tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


@pytest.mark.parametrize("name", HOSTILE, ids=lambda name: ascii(name[:20]))
def test_hostile_text_is_inert(name: str) -> None:
    """Names and errors of any kind add no element, and the page is text that can be written."""
    page = to_html(failed(everywhere(name), name), plan=everywhere(name))
    plain = to_html(failed(everywhere("plain"), "plain"), plan=everywhere("plain"))
    read, calm = Read.of(page), Read.of(plain)
    assert not read.wrong
    assert {tag for tag, _ in read.tags} <= {tag for tag, _ in calm.tags} | {"pre", "tspan"}
    assert len(read.all("article")) == 1
    assert len(read.all("tr")) == len(calm.all("tr"))
    page.encode("utf-8")
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", page)


def test_secrets_stay_hidden() -> None:
    """What looks like a secret in a value, an error, a note or a warning is not on the page."""
    error = ValueError("login failed:\napi_key=abcdef123456\n-----BEGIN PRIVATE KEY-----\nAAAA\nBBBB\n-----END")
    error.add_note("token: abcdef123456")
    events = [
        Event("started", "a", 1, 0.0),
        Event("ended", "a", 1, 1.0, Failed(error, (error,))),
        Event("started", "b", 1, 0.0),
        Event("ended", "b", 1, 1.0, Succeeded("sk-abcdef123456")),
    ]
    page = to_html(Report.of(events, warnings=("password=abcdef123456",)))
    assert "abcdef123456" not in page
    assert "BBBB" not in page


class Hostile(Exception):
    """An error that raises whenever it is asked."""

    def __str__(self) -> str:
        raise RuntimeError

    def __repr__(self) -> str:
        raise RuntimeError

    def __getattr__(self, name: str) -> t.NoReturn:
        raise RuntimeError(name)


def test_a_hostile_error_is_told() -> None:
    """An error that cannot be read is told of by its class."""
    error = Hostile()
    events = [Event("started", "a", 1, 0.0), Event("ended", "a", 1, 1.0, Failed(error, (error,)))]
    assert "Hostile" in " ".join(Read.of(to_html(Report.of(events))).text)


def many(count: int, kinds: int) -> Report:
    events = []
    for n in range(count):
        error = ValueError(f"error {n % kinds} " + "x" * 500)
        events.append(Event("started", f"a[{n}]", 1, float(n)))
        events.append(Event("ended", f"a[{n}]", 1, n + 1.0, Failed(error, (error,)) if n % 2 else Succeeded(n)))
    return Report.of(events)


def test_errors_are_bounded() -> None:
    """Thousands of different errors take under 10 kB, and all are counted."""
    section = errors_section(many(4_000, 4_000))
    assert len(section.encode()) < 10_000
    shown = section.count("<article>")
    assert f"{2_000 - shown:,} further errors" in section
    same = errors_section(many(4_000, 2))
    assert same.count("<article>") == 1
    assert "ValueError × 2,000" in same
    assert "and 1,992 more" in same


def test_a_page_is_bounded() -> None:
    """Of many leaves 1,000 have rows, failures first, and the others are counted."""
    page = to_html(many(5_000, 3))
    read = Read.of(page)
    assert len(page) < 1_000_000
    assert sum(found.get("scope") == "row" for found in read.all("th")) == ROWS
    assert "… and 2,500 more done, 1,500 more failed" in " ".join(read.text)


@pytest.mark.parametrize(("leaves", "seen"), [(50, 50), (51, 50), (3_000, 50)])
def test_a_page_is_no_taller_than_a_few_screens(leaves: int, seen: int) -> None:
    """Of many leaves 50 are seen, those that failed first; the others come when they are asked for."""
    events = [Event("started", f"a[{n}]", 1, 0.0) for n in range(leaves)]
    ends = [Failed(ValueError("x"), ()) if n == leaves - 1 else Succeeded(n) for n in range(leaves)]
    events += [Event("ended", f"a[{n}]", 1, 1.0, end) for n, end in enumerate(ends)]
    above, folded, below = to_html(Report.of(events)).partition("<details>")
    assert above.count('scope="row"') == seen
    assert bool(folded) == (leaves > seen)
    table = above[above.index('class="leaves"') :]
    assert "ValueError" in table
    if folded:
        assert f"<summary>{leaves - seen:,} more lea" in below
        assert table.index("a[50]" if leaves == 51 else "a[2999]") < table.index("a[0]")


@pytest.mark.parametrize("report", [Report.of([]), reported(dsl.Value(1)), reported(leaf(9), until=4.0)], ids=repr)
def test_any_report_has_a_page(report: Report) -> None:
    """Nothing, a value, and a run that goes on have pages."""
    read = Read.of(to_html(report))
    assert not read.wrong
    assert not read.open


def test_what_failed_around_a_group_is_an_error() -> None:
    """A deadline that no leaf is to blame for stands under errors, with the address of the group."""
    plan = dsl.Settled(slow=dsl.All(leaf(5), leaf(7)).timeout(2), quick=leaf(1))
    report = reported(plan)
    assert list(report.failures) == ["slow"]
    section = errors_section(report)
    assert "PlanTimeout" in section
    assert "<code>slow</code>" in section


def test_how_it_came_out_is_said_first() -> None:
    """The verdict is the decisive error, what is under way, or done."""

    def verdict(report: Report) -> str:
        text = " ".join(Read.of(to_html(report)).text)
        return text[text.index("What a run did", 20) + 14 :][:60]

    assert "failed : ValueError" in verdict(reported(leaf(1, 1)))
    assert "1 leaf is not over yet" in verdict(reported(leaf(9), until=2.0))
    assert "done" in verdict(reported(leaf(1)))
    assert "over, with 1 cancelled" in verdict(reported(dsl.Race(leaf(1), leaf(2))))


def test_a_file_is_written_as_a_whole(tmp_path: pathlib.Path) -> None:
    """The file holds the page, nothing is left beside it; what cannot be written leaves the old one."""
    report = reported(leaf(1))
    path = tmp_path / "run.html"
    path.write_text("old")
    page = to_html(report, path)
    assert path.read_text(encoding="utf-8") == page
    assert [p.name for p in tmp_path.iterdir()] == ["run.html"]
    nowhere = tmp_path / "nowhere" / "run.html"
    with pytest.raises(FileNotFoundError, match=f"{nowhere}'$"):  # not the file that it writes first
        to_html(report, nowhere)
    (tmp_path / "folder").mkdir()
    with pytest.raises(OSError, match="folder"):
        to_html(report, str(tmp_path / "folder"))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["folder", "run.html"]


def test_the_same_report_gives_the_same_page() -> None:
    """A page holds no clock and no chance."""
    assert to_html(reported(plan())) == to_html(reported(plan()))


def test_only_reports_have_pages() -> None:
    """What is no report is refused with advice."""
    with pytest.raises(TypeError, match="last_report"):
        to_html(t.cast("Report", 3))
    with pytest.raises(dsl.PlanError):
        to_html(Report.of([]), plan=3)
    with pytest.raises(TypeError, match=r"path is Value\(1\), expected a str .*; did you mean plan="):
        to_html(Report.of([]), t.cast("t.Any", dsl.Value(1)))
