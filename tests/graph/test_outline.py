"""What is shown of a plan: one part for each address, its arrows, and what became of it in a run."""

from __future__ import annotations

import parallel_dsl as dsl
from parallel_dsl import Agent, All, Call, Command, Event, Fallback, Report, Settled, Stage, Value, item, ref, run
from parallel_dsl.graph import outline, standings
from parallel_dsl.graph._words import LABELS, POLICIES
from parallel_dsl.plan import Group, Leaf, Wrapper, walk
from parallel_dsl.results import CommandResult, Failed, NeverStarted, Succeeded


def kinds(base: type) -> set[type]:
    """Give the classes of plans that can be built."""
    below: set[type] = set()
    sub: type
    for sub in base.__subclasses__():
        below |= {sub} | kinds(sub)
    return {kind for kind in below if kind.__module__.startswith("parallel_dsl") and kind not in (Leaf, Group, Wrapper)}


def test_every_kind_has_its_words() -> None:
    """Each class of leaf and group has a label, each wrapper a policy."""
    assert set(LABELS) == kinds(Leaf) | kinds(Group)
    assert set(POLICIES) == kinds(Wrapper)


def test_one_part_for_each_address() -> None:
    """The parts are the addresses of the walk, in its order; wrappers belong to what they wrap."""
    plan = Stage(a=Agent("x").retry().timeout(1), b=All.map(Stage(Agent("y", item)), over=[1, 2]).batch(1)).limit(3)
    found = outline(plan)
    assert [p.address for p in found.parts] == list(dict.fromkeys(n.address for n in walk(plan)))
    assert [str(q) for q in found.parts[1].policies] == ["timeout 1 s", "retry ×3"]
    assert [p.name for p in found.parts] == ["", "a", "b", "*", "[0]"]


def arrows(plan: dsl.Plan[object]) -> list[tuple[str, str, str]]:
    return [(u.source.address, u.text, u.target.address) for u in outline(plan).uses]


def test_a_reference_is_an_arrow() -> None:
    """Each reference that names a part is one arrow, from the deepest part that the plan tells."""
    plan = Stage(
        scan=All(files=Command("ls"), meta=Agent("m")),
        tried=Settled(x=Agent("x"), y=Agent("y")),
        all=All.map(Agent("r", item), over=ref.scan.files.lines),
        end=Call(print, ref.scan.meta.deep[0], [ref.tried.successes.x, {"k": ref.tried.x.value}], ref.tried.failures),
        pick=Agent("z", ref.scan[1], n=ref.all[3]),
    )
    assert arrows(plan) == [
        ("scan.files", "scan.files.lines", "all"),
        ("scan.meta", "scan.meta.deep[0]", "end"),
        ("tried.x", "tried.successes.x", "end"),
        ("tried.x", "tried.x.value", "end"),
        ("tried", "tried.failures", "end"),
        ("scan.meta", "scan[1]", "pick"),
        ("all", "all[3]", "pick"),
    ]


def test_given_names_are_looked_through() -> None:
    """A name of `.given` is the arrow of what its value names, and levels of names do not double it."""
    plan = Stage(a=Agent("a"), b=Agent("b", ref.x).given(x=[ref.y, ref.y]).given(y=ref.a.found))
    assert arrows(plan) == [("a", "a.found", "b")]
    inner: dsl.Plan[object] = Agent("b", ref.n0)
    for i in range(60):
        inner = inner.given(**{f"n{i}": [ref[f"n{i + 1}"], ref[f"n{i + 1}"]]})
    assert len(arrows(Stage(n60=Agent("a"), b=inner))) == 2


def test_what_leads_nowhere_has_no_arrow() -> None:
    """References that `check` refuses are left out of the picture, which stays whole."""
    plan = Stage(a=Agent("a", ref.b), b=Agent("b", ref.nothing, ref=ref.a))
    assert arrows(plan) == [("a", "a", "b")]


def test_labels_hide_secrets_and_break_no_line() -> None:
    """A label is one line without control characters, and passes the redactor."""
    plan = All(
        Command("curl --token=abcdef123 x"),
        Command(["sh", "-c", "a\nb"]),
        Agent("a\0b", "line\nline"),
        Value({"k": 1}),
        Agent("a", {"deep": ref.x}),
    )
    labels = [p.label for p in outline(plan).parts[1:]]
    assert labels == [
        "$ curl --token=*** x",
        "$ sh -c 'a ↵ b'",
        'a␀b "line ↵ line"',
        "= {'k': 1}",
        "a {'deep': ref.x}",
    ]


def test_deep_plans_have_an_outline() -> None:
    """5,000 levels are outlined without recursion."""
    plan: dsl.Plan[object] = Agent("a")
    for _ in range(5_000):
        plan = Stage(a=plan, b=Agent("b", ref.a)).timeout(9)
    found = outline(plan)
    assert len(found.parts) == 10_001
    assert len(found.uses) == 5_000


def test_a_report_lies_on_the_outline() -> None:
    """Leaves have their own state, groups those of their leaves, and maps those of their items."""
    red = CommandResult(exit_code=2)
    plan = Stage(
        tried=Fallback(Agent("bad"), Agent("good"), Agent("spare")),
        all=Settled.map(Stage(a=Agent("sometimes", item), b=Call(len, "x")), over=[1, 2, 3]),
        lint=Command("lint"),
    )

    async def sometimes(task: int) -> int:
        return 1 // (task - 2)

    async def bad() -> None:
        raise KeyError("k")

    async def good() -> int:
        return 1

    run(plan, agents={"bad": bad, "good": good, "spare": good, "sometimes": sometimes}, fakes={"lint": red})
    found = standings(outline(plan), dsl.last_report())
    assert {a: found[a].state for a in ("tried[0]", "tried[1]", "tried[2]", "lint")} == {
        "tried[0]": "failed",
        "tried[1]": "done",
        "tried[2]": "never started",
        "lint": "red",
    }
    assert found["all"].items == {"all[0]": "done", "all[1]": "failed", "all[2]": "done"}
    assert found["all.*.a"].counts == {"done": 2, "failed": 1}
    assert found[""].over == found[""].size == 4 + 6
    assert found["all"].attempts == 5


def test_what_a_drain_let_go_is_never_called_never_started() -> None:
    """A leaf whose result was saved is done; if only the run knew what became of it, it is saved, and not green."""

    async def some(task: int) -> int:
        return 1 // task

    def found(plan: dsl.Plan[object], **fakes: object) -> tuple[list[str], object]:
        run(plan, agents={"a": some}, fakes=fakes)
        laid = standings(outline(plan), dsl.last_report())
        return [laid[part.address].state for part in outline(plan).parts if laid[part.address].size], laid[""].counts

    def saved(values: list[object]) -> None:
        """Save them."""

    agents = [Agent("a", 1), Agent("a", 2), Agent("a", 3)]
    assert found(All(*agents).batch(1).drain(saved)) == (["done"] * 4, {"done": 3})
    assert found(All(agents[0], All(x=agents[1])).batch(1).drain(saved)) == (["done"] * 4, {"done": 2})
    assert found(Settled(Agent("a", 0), *agents).batch(2).drain(saved)) == (["saved"] * 5, {"saved": 4})
    tried = All(Fallback(*agents), agents[0]).batch(1).drain(saved)
    assert found(tried) == (["saved"] * 5 + ["done"], {"saved": 3, "done": 1})
    checks = All(lint=Command("lint"), b=agents[0]).batch(1).drain(saved)
    assert found(checks, lint=CommandResult(exit_code=2)) == (["saved", "saved", "done"], {"saved": 1, "done": 1})


def test_a_live_report_and_a_strange_one() -> None:
    """While others are under way a leaf without an entry waits; entries of another plan are left out."""
    plan = Stage(a=Agent("a"), b=All(Agent("b"), Agent("c")))
    live = Report.of([Event("started", "a", 1, 0.0)], live=True)
    assert [standings(outline(plan), live)[a].state for a in ("a", "b[0]", "")] == ["running", "waiting", "running"]
    ended = [Event("ended", "b", 0, 1.0, NeverStarted()), Event("ended", "zz[0].y", 1, 1.0, Succeeded(1))]
    failed = [Event("started", "a", 1, 0.0), Event("ended", "a", 1, 1.0, Failed(KeyError(), ())), *ended]
    over = standings(outline(plan), Report.of(failed))
    assert over[""].counts == {"failed": 1, "never started": 2}
