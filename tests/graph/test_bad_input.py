"""Whatever is put into a picture, a graph or a page: no secret comes out, and what is wrong is said in one line."""

from __future__ import annotations

import functools
import json
import math
import os
import pathlib
import threading
import typing as t

import networkx as nx
import pytest

import parallel_dsl as dsl
from parallel_dsl import (
    Agent,
    All,
    Call,
    Command,
    CommandResult,
    Event,
    Failed,
    PlanError,
    Report,
    Stage,
    Succeeded,
    Value,
    ref,
    text,
    to_dot,
    to_gantt,
    to_html,
    to_mermaid,
    to_networkx,
    to_svg,
    to_text,
)

SECRET = "HUNTERSSECRETVALUE"
LONG = f"https://some.user.name:{SECRET * 12}@host.example.org/path"
HOLDING = (
    f"fetch the page at {LONG}",
    "x" * 40 + f" {LONG}",
    f"api_key={SECRET}",
    f"use sk-{SECRET}",
    f"password:\n{SECRET}",
    f"private_key={SECRET}",
    f"aws_access_key: {SECRET}",
    f"passphrase={SECRET}",
    f"authorization={SECRET}",
)


def plans(secret: str) -> list[dsl.Plan[t.Any]]:
    """Give plans that have a secret in each place that a text may have."""
    line = secret.replace("\n", " ")
    return [
        Stage(a=Agent("k", secret)),
        Stage(a=Agent(secret, "t")),
        Stage(a=Agent("k", "t", p=secret)),
        Stage(a=Agent("k", text(secret + " {x}", x=1))),
        Stage(a=Value(secret), b=Value({"k": [secret]})),
        Stage(a=Command(["curl", line]), b=Command("ls", env={"X": line}, stdin=secret)),
        Stage(a=Call(print, secret)),
        Agent("k").expect(bool, secret),
        All(Agent("k", ref[secret])).given(**{secret: 1}),
        Agent("k").uses(secret),
    ]


@pytest.mark.parametrize("secret", HOLDING)
def test_no_secret_leaves_a_plan_by_a_text_a_bundle_or_an_attribute(secret: str) -> None:
    """However far a text is cut, what is left of a key or a password is hidden in each output that is saved."""
    for plan in plans(secret):
        shown = {f.__name__: f(plan) for f in (to_text, to_mermaid, to_dot)}
        shown |= {name: said for name, said in plan._repr_mimebundle_().items() if name != "text/html"}
        shown["plain"] = json.dumps(nx.node_link_data(to_networkx(plan, plain=True), edges="edges"))
        assert [name for name, said in shown.items() if SECRET[:12] in said] == [], repr(plan)[:100]


def test_names_that_hold_secrets_are_hidden_in_lines_of_text() -> None:
    """A name is shown without a secret, where it stands and where it is used."""
    for name in (f"api_key={SECRET}", LONG, json.dumps({"password": SECRET})):
        plan = Stage({name: Agent("a"), "b": Agent("b", ref[name])})
        assert not [f for f in (to_text, to_mermaid, to_dot, to_svg) if SECRET[:12] in f(plan)]
        report = dsl.simulate(plan)
        assert not [f for f in (to_gantt, to_html, str) if SECRET[:12] in f(report)]


@pytest.mark.parametrize("secret", HOLDING)
def test_no_secret_leaves_a_report(secret: str) -> None:
    """What an agent gave, wrote or failed with is shown without keys and passwords, also where it was cut."""
    ends = (Failed(ValueError(secret), ()), Succeeded(secret), Succeeded({"x": secret}))
    red = Succeeded(CommandResult(exit_code=1, stdout=secret, stderr=secret, seconds=1.0))
    for end in (*ends, red):
        failure = end if isinstance(end, Failed) else None
        events = [Event("started", "a", 1, 0.0), Event("ended", "a", 1, 1.0, end)]
        report = Report.of(events, failure=failure, warnings=(secret,), run_id=secret)
        bundled = report._repr_mimebundle_()
        plan = Stage(a=Agent("k"))
        shown = [to_gantt(report), to_html(report, title=secret), *bundled.values(), to_text(plan, report)]
        shown += [to_mermaid(plan, report), to_dot(plan, report)]
        assert not [said[:40] for said in shown if SECRET[:12] in said]


def test_ports_and_words_are_no_secrets() -> None:
    """What only looks a little like a secret is shown."""
    from parallel_dsl.wording import redact

    for said in ("see http://localhost:8080", '{"url": "http://a:80"}', "http://[::1]:80/x", "the access key is lost"):
        assert redact(said) == said


def test_no_escape_leaves_by_the_code_of_a_plan() -> None:
    """A notebook draws colours from escapes in plain text: a bundle has none, whatever a repr gives."""

    class Red:
        def __repr__(self) -> str:
            return "\x1b[31mred\x1b[0m"

    assert "\x1b" not in "".join(Stage(a=Value(Red()))._repr_mimebundle_().values())


def oddly_named() -> list[t.Any]:
    """Give functions whose names cannot be asked, are no text, or are markup; pytest must not see their classes."""

    class RaisingName:
        @property
        def __name__(self) -> str:
            raise RuntimeError("name")

        def __call__(self, *args: object) -> int:
            return 1

    class NumberedName(RaisingName):
        __name__: t.Any = 5

    class MarkedName:
        __name__ = '<script>\n\x1b[31m"];%%{init}'

        def __call__(self, *args: object) -> int:
            return 1

        def __repr__(self) -> str:
            raise RuntimeError("repr")

    return [RaisingName(), NumberedName(), MarkedName()]


@pytest.mark.parametrize("which", range(3))
def test_a_function_with_an_odd_name_is_shown(which: int) -> None:
    """No name of a function disturbs a picture, the code of a plan, a check or a simulation."""
    fn = oddly_named()[which]
    plans = [Stage(a=Call(fn, 1)), Agent("a").expect(fn)]
    if which:  # what raises when its name is asked has no signature either, and saves nothing
        plans.append(All.map(Agent("a"), over=[1]).drain(fn))
    for plan in plans:
        for each in (to_text, to_mermaid, to_dot, repr, dsl.check, to_networkx):
            said = str(each(plan))
            assert "\x1b" not in said
        assert plan._repr_mimebundle_()
    assert dsl.simulate(Stage(a=Call(fn, 1))).counts["done"] == (which > 0)


def test_a_source_whose_name_is_gone_is_shown() -> None:
    """A source that had a name when the plan was built, and raises when it is drawn, is named by its class."""

    class Fading:
        gone = False

        @property
        def __name__(self) -> str:
            if self.gone:
                raise RuntimeError("name")
            return "source"

        def __call__(self) -> list[int]:
            return []

    source = Fading()
    plan = All.map(Agent("a"), over=source)
    source.gone = True
    assert "each item of Fading()" in to_svg(plan)
    assert "each of Fading()" in to_text(plan)


def hostile_errors() -> list[Exception]:
    """Give errors without name, text or attributes, and with a text that cannot be cut."""

    class Nameless(type):
        @property
        def __name__(cls) -> t.NoReturn:  # type: ignore[override]
            raise RuntimeError("name")

    class Wild(Exception, metaclass=Nameless):
        def __str__(self) -> str:
            raise RuntimeError("str")

        @property
        def __dict__(self) -> t.NoReturn:  # type: ignore[override]
            raise RuntimeError("dict")

    class Sliced(str):
        def __getitem__(self, place: t.Any) -> t.NoReturn:
            raise RuntimeError("getitem")

    class OddText(Exception):
        def __str__(self) -> str:
            return Sliced("odd")

    return [Wild(), OddText("x")]


@pytest.mark.parametrize("which", range(2))
def test_a_hostile_error_does_not_disturb_a_page(which: int) -> None:
    """Whatever an error does when it is asked, the chart, the page and the bundle of its report are made."""
    error = hostile_errors()[which]
    failed = Failed(error, (error,))
    events = [Event("started", "a", 1, 0.0), Event("ended", "a", 1, 1.0, failed)]
    report = Report.of(events, failure=failed)
    assert type.__dict__["__name__"].__get__(type(error)) in to_html(report)
    assert to_gantt(report)
    assert report._repr_mimebundle_()
    assert type.__dict__["__name__"].__get__(type(error)) in to_svg(Stage(a=Agent("x")), report)
    assert to_text(Stage(a=Agent("x")), report)


@pytest.mark.parametrize("began", [0.0, math.nan, math.inf, -math.inf, -1e308])
@pytest.mark.parametrize("ended", [1.0, -1.0, 1e308, 5e-324, math.nan, math.inf])
def test_a_clock_that_went_wrong_does_not_disturb_a_chart(began: float, ended: float) -> None:
    """Times that are no numbers, or run backwards, give a chart and a page without numbers that are none."""
    events = [
        Event("started", "a", 1, began),
        Event("ended", "a", 1, ended, Succeeded(1)),
        Event("started", "b", 1, began),
    ]
    report = Report.of(events, ended=ended)
    drawn = to_gantt(report) + to_svg(Stage(a=Agent("x"), b=Agent("x")), report)
    assert '="nan' not in drawn
    assert '="inf' not in drawn
    assert max(map(len, to_text(Stage(a=Agent("x"), b=Agent("x")), report).splitlines())) < 80
    assert to_html(report)
    assert report._repr_mimebundle_()


class Wild:
    """An object that says nothing of itself."""

    def __repr__(self) -> t.NoReturn:
        raise RuntimeError("repr")


class WildText(str):
    """A text that says nothing of itself."""

    def __repr__(self) -> t.NoReturn:
        raise RuntimeError("repr")


NO_OPTIONS: dict[str, tuple[t.Any, ...]] = {
    "report": (3, "x" * 10**5, Wild(), [], Report),
    "theme": ([], {}, "x" * 10**5, Wild(), WildText("a")),
    "width": (10**400, math.nan, "9", Wild(), True),
    "prefix": ("x" * 65, "x" * 10**5, WildText("a b"), Wild(), "", 3, "a\nb"),
}


@pytest.mark.parametrize(
    ("name", "odd"),
    [(name, odd) for name, several in NO_OPTIONS.items() for odd in several],
    ids=lambda given: str(given) if given in list(NO_OPTIONS) else type(given).__name__,
)
def test_a_picture_says_what_it_needs(name: str, odd: t.Any) -> None:
    """An option or a report that cannot be meant is refused in one short line."""
    given = {name: odd}
    with pytest.raises(PlanError, match=r"\Ato_svg: [^\n]*expected [^\n]*\Z") as caught:
        to_svg(Stage(a=Agent("x")), **given)
    assert len(str(caught.value)) < 250


def test_a_prefix_of_64_letters_is_one() -> None:
    """The longest prefix that is allowed is in all ids."""
    assert f'id="{"x" * 64}-n0"' in to_svg(Agent("x"), prefix="x" * 64)


ODD: tuple[t.Any, ...] = (
    True,
    "x" * 10_000,
    b"x",
    -1,
    0,
    math.nan,
    [1],
    {1: 2},
    {None: 1},
    {"*": "x"},
    object(),
    ref.a,
)


def refused(call: t.Callable[[], object]) -> None:
    """Expect one clear line."""
    with pytest.raises((PlanError, TypeError, ValueError, OSError)) as caught:
        call()
    said = str(caught.value)
    assert "expected" in said, said
    assert "\n" not in said
    assert len(said) < 400


@pytest.mark.parametrize("odd", ODD, ids=lambda odd: type(odd).__name__)
def test_measures_say_what_they_need(odd: t.Any) -> None:
    """A graph, seconds or a limit that cannot be meant is refused in one clear line."""
    graph = to_networkx(Stage(a=Agent("x")))
    refused(lambda: dsl.measures(odd))
    refused(lambda: dsl.measures(graph, limit=odd))
    if not (isinstance(odd, int) and odd == 0) and not callable(odd):
        refused(lambda: dsl.measures(graph, {"*": odd}))
        refused(lambda: dsl.measures(graph, {odd: 1}) if odd.__hash__ and not isinstance(odd, str) else refused_type())


def refused_type() -> t.NoReturn:
    """Stand for what no mapping can have as a key."""
    raise TypeError("expected")


def test_seconds_without_bounds_are_for_ever() -> None:
    """No number of seconds is too large to be added up."""
    graph = to_networkx(Stage(a=Agent("x"), b=Agent("x")))
    assert dsl.measures(graph, 10**400).critical_seconds == dsl.measures(graph, 1e308).critical_seconds == math.inf


def test_a_simulation_refuses_numbers_that_are_none() -> None:
    """Seconds and items beyond all bounds are refused before anything is counted."""
    plan = Stage(z=Agent("x"), a=All.map(Agent("y"), over=ref.z))
    for seconds in (10**400, -(10**400), (0, 10**400), {"x": 10**400}):
        refused(functools.partial(dsl.simulate, plan, t.cast("t.Any", seconds)))
    refused(lambda: dsl.simulate(plan, items=10**400))
    refused(lambda: dsl.best_limit(plan, items=10**9))


@pytest.mark.parametrize("name", ["agents", "limits", "fakes"])
@pytest.mark.parametrize("odd", [True, "abc", [1], 3, object()], ids=lambda odd: type(odd).__name__)
def test_check_takes_mappings(name: str, odd: t.Any) -> None:
    """What is given beside a plan is a mapping, or refused."""
    refused(lambda: dsl.check(Agent("a").uses("db"), **{name: odd}))


def test_check_takes_names_of_any_kind() -> None:
    """A limit whose name is no text is no reason to fail."""
    assert "no such resource" in str(dsl.check(Agent("a").uses("db"), limits={1: 2, None: 3})[0])  # type: ignore[dict-item]


@pytest.fixture
def report() -> Report:
    return dsl.simulate(Stage(a=Agent("x")))


def test_a_page_says_what_it_needs(report: Report, tmp_path: pathlib.Path) -> None:
    """A title that is no text and a path that is none are refused in one line, before the page is made."""
    for odd in (None, 3, b"x", object()):
        refused(functools.partial(to_html, report, title=t.cast("t.Any", odd)))
    for path in (3, b"x", [], object(), "", "a\0b", str(tmp_path)):
        refused(functools.partial(to_html, report, t.cast("t.Any", path)))
    assert list(tmp_path.iterdir()) == []


def test_a_page_that_cannot_be_written_leaves_nothing(report: Report, tmp_path: pathlib.Path) -> None:
    """Whatever keeps a page from being written, no part of it stays, and the error is that of the file."""
    for path in (tmp_path / "no" / "such.html", tmp_path / ("x" * 300)):
        with pytest.raises(OSError, match=r"No such file|File name too long"):
            to_html(report, path)
    assert list(tmp_path.iterdir()) == []
    name = "漢" * 83  # as long as a name may be
    to_html(report, tmp_path / name)
    assert [each.name for each in tmp_path.iterdir()] == [name]


def test_a_page_keeps_links_and_modes(report: Report, tmp_path: pathlib.Path) -> None:
    """Where a link or a private file was, there is one still."""
    real = tmp_path / "real.html"
    real.write_text("old")
    real.chmod(0o600)
    link = tmp_path / "link.html"
    link.symlink_to(real)
    to_html(report, link)
    assert link.is_symlink()
    assert real.read_text().startswith("<!DOCTYPE")
    assert real.stat().st_mode & 0o777 == 0o600


def test_threads_may_write_one_page(report: Report, tmp_path: pathlib.Path) -> None:
    """Who writes the same page at once does not disturb the other, and one whole page is there."""
    failed: list[BaseException] = []

    def write() -> None:
        try:
            for _ in range(10):
                to_html(report, tmp_path / "page.html")
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert [each.name for each in tmp_path.iterdir()] == ["page.html"]
    assert (tmp_path / "page.html").read_text(encoding="utf-8") == to_html(report)


def test_nobody_can_lead_a_page_elsewhere(report: Report, tmp_path: pathlib.Path) -> None:
    """The file beside has a name that nobody can guess: a link laid out for it is not followed."""
    victim = tmp_path / "victim"
    victim.write_text("mine")
    (tmp_path / f".page.html.{os.getpid()}.tmp").symlink_to(victim)
    to_html(report, tmp_path / "page.html")
    assert victim.read_text() == "mine"


def test_pictures_are_drawn_of_huge_texts() -> None:
    """Only the beginning of a text of megabytes is looked at, and shown in a bundle or a measure."""
    plan = Stage({"n" * 10**6: Agent("k" * 10**6, "t" * 10**7), "b\x1b[31m": Value(b"z" * 10**7)})
    assert len(to_text(plan)) < 1_000
    assert len(to_svg(plan)) < 50_000
    assert sum(map(len, plan._repr_mimebundle_().values())) < 200_000
    said = str(dsl.measures(to_networkx(plan)))
    assert len(said) < 1_000
    assert "\x1b" not in said
