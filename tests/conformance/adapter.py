"""The neutral notation of the conformance cases is built with public words and run with `arun`."""

from __future__ import annotations

import math
import typing as t

import trio
from notation import BASES, Boom, CustomBase, Log, Observed, agent, decoded, number
from trio.testing import MockClock

import parallel_dsl as dsl

HORIZON_SECONDS = 10_000_000
GROUPS: dict[str, t.Any] = {
    "all": dsl.All,
    "settled": dsl.Settled,
    "any": dsl.Any,
    "race": dsl.Race,
    "fallback": dsl.Fallback,
}


class Builder:
    """Build a plan from the notation; the input is handed down while building.

    A leaf becomes a function that plays its script, with the suffix of the map items
    around it. ``let`` builds a node once for each input, so that the same object stands in several places.
    """

    def __init__(self, run: Log) -> None:
        self.run = run

    def build(self, p: dict[str, t.Any], inp: t.Any, sfx: tuple[t.Any, ...] = (), env: t.Any = None) -> t.Any:
        env = env or {}
        if "let" in p:
            return self.build(p["in"], inp, sfx, {**env, **p["let"]})
        if "ref" in p:
            return self.build(env[p["ref"]], inp, sfx, env)
        for kind, word in GROUPS.items():
            if kind in p:
                return word(self.children(p[kind], inp, sfx, env))
        for kind in ("batch", "map", "stage", "timeout", "retry"):
            if kind in p:
                return getattr(self, kind)(p, inp, sfx, env)
        return self.leaf(p, inp, sfx)

    def children(self, kids: t.Any, inp: t.Any, sfx: t.Any, env: t.Any) -> t.Any:
        if isinstance(kids, dict):
            return {k: self.build(q, inp, sfx, env) for k, q in kids.items()}
        return [self.build(q, inp, sfx, env) for q in kids]

    def leaf(self, p: dict[str, t.Any], inp: t.Any, sfx: tuple[t.Any, ...]) -> t.Any:
        async def leaf(inp: t.Any, *index: int) -> t.Any:
            suffix = "".join(f"[{i}]" for i in index)
            return await agent(p, p["id"] + suffix, plain(inp), self.run)

        built: dsl.Plan[t.Any] = dsl.Call(leaf, inp, *sfx)
        return built.uses(p["pool"]) if "pool" in p else built

    def batch(self, p: dict[str, t.Any], inp: t.Any, sfx: t.Any, env: t.Any) -> t.Any:
        word = dsl.Settled if p.get("settle") else dsl.All
        return windowed(word(self.children(p["batch"], inp, sfx, env)), p)

    def map(self, p: dict[str, t.Any], inp: t.Any, sfx: t.Any, env: t.Any) -> t.Any:
        """The template sees its item, and the index that gives its leaves their suffix."""
        word = dsl.Settled if p.get("settle") else dsl.All
        outer = {f"s{n}": s for n, s in enumerate(sfx)}
        names = [dsl.ref[n] for n in outer]
        over = [decoded(x) for x in p["over"]] if "over" in p else inp
        if isinstance(over, list):
            over = [[i, x] for i, x in enumerate(over)]
            template = self.build(p["map"], dsl.item[1], (*names, dsl.item[0]), env)
            mapped = windowed(word.map(template, over=over), p)
            return mapped.given(**outer) if outer else mapped
        template = self.build(p["map"], dsl.item[1], (*names, dsl.item[0]), env)
        mapped = windowed(word.map(template, over=dsl.ref["items"]), p)
        mapped = mapped.given(**outer) if outer else mapped
        return dsl.Stage(items=dsl.Call(numbered, over), mapped=mapped).pick("mapped")

    def stage(self, p: dict[str, t.Any], inp: t.Any, sfx: t.Any, env: t.Any) -> t.Any:
        if not p["stage"]:
            return dsl.Value(inp)
        steps = []
        for place, q in enumerate(p["stage"]):
            inner = self.build(q, dsl.ref["input"], tuple(dsl.ref[f"x{n}"] for n in range(len(sfx))), env)
            given = {"input": inp if not place else dsl.ref[-1], **{f"x{n}": s for n, s in enumerate(sfx)}}
            steps.append(inner.given(**given))
        return dsl.Stage(steps).pick(-1)

    def timeout(self, p: dict[str, t.Any], inp: t.Any, sfx: t.Any, env: t.Any) -> t.Any:
        return self.build(p["in"], inp, sfx, env).timeout(number(p["timeout"]))

    def retry(self, p: dict[str, t.Any], inp: t.Any, sfx: t.Any, env: t.Any) -> t.Any:
        words = {k: number(p[k]) for k in ("factor", "max_delay", "max_elapsed") if k in p}
        numbers = p.get("jitter")
        on = p.get("on")
        return self.build(p["retry"], inp, sfx, env).retry(
            attempts=p.get("attempts"),
            delay=p.get("delay", 0),
            jitter=(lambda k: numbers[(k - 1) % len(numbers)]) if numbers else False,
            on=(lambda error: label(error) in on) if on is not None else Exception,
            **{"max_delay": math.inf, **words},
        )


def windowed(group: t.Any, p: dict[str, t.Any]) -> t.Any:
    """Give the group its chunk size or window."""
    if "size" in p:
        group = group.batch(p["size"])
    return group.limit(children=p["limit"]) if "limit" in p else group


async def numbered(items: t.Any) -> list[list[t.Any]]:
    return [[i, x] for i, x in enumerate(plain(items))]



def label(error: BaseException) -> str:
    """Give the label of an error in the notation."""
    if isinstance(error, dsl.PlanTimeout):
        return "timeout"
    if isinstance(error, dsl.LeafExited):
        return "exit"
    return error.label if isinstance(error, Boom) else repr(error)


def plain(value: t.Any) -> t.Any:
    """Render a value of the library in the notation."""
    if isinstance(value, dsl.Succeeded):
        return {"ok": plain(value.value)}
    if isinstance(value, dsl.Failed):
        return {"fail": [label(e) for e in value.errors]}
    if isinstance(value, Boom):
        return {"$exc": value.label}
    if isinstance(value, dsl.Results):
        keys = list(value.keys())
        if keys and isinstance(keys[0], str):
            return {k: plain(value[k]) for k in keys}
        return [plain(v) for v in value]
    if isinstance(value, list | tuple):
        return [plain(v) for v in value]
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    return value


def empty_named(p: t.Any) -> t.Any:
    """An empty mapping of children has no names left: render by the notation."""
    while isinstance(p, dict) and ("timeout" in p or "retry" in p):
        p = p.get("in", p.get("retry"))
    return {} if isinstance(p, dict) and any(p.get(k) == {} for k in ("all", "settled")) else None


def run_case(case: dict[str, t.Any]) -> Observed:
    """Run a case with the library, as CASES.md says."""
    box: dict[str, t.Any] = {}
    pools = case.get("pools", {})

    async def main() -> None:
        run = box["run"] = Log()
        plan = Builder(run).build(case["plan"], decoded(case.get("input")))
        with trio.move_on_after(HORIZON_SECONDS) as scope:
            try:
                limits = dict(pools_used(case["plan"], pools))
                box["value"] = await dsl.arun(plan, limits=limits, limit=math.inf, seed=0)
            finally:
                box["t"] = run.now()
        box["hang"] = scope.cancelled_caught

    try:
        trio.run(main, clock=MockClock(autojump_threshold=0))
    except ValueError as error:
        if isinstance(error, dsl.PlanError):
            return Observed("invalid")
        raise
    except tuple(BASES.values()) as error:
        return observed(box, "base", type(error).__name__)
    except (Exception, CustomBase) as error:
        failure = dsl.report_of(error).failure
        assert failure is not None
        obs = observed(box, "fail", [label(e) for e in failure.errors])
        obs.primary = None if isinstance(error, dsl.NoneSucceeded) else label(failure.error)
        return obs
    if box["hang"]:
        return observed(box, "hang", None)
    value = plain(box["value"])
    if value == [] and empty_named(case["plan"]) == {}:
        value = {}
    return observed(box, "value", value)


def pools_used(p: t.Any, pools: dict[str, int]) -> t.Iterator[tuple[str, int]]:
    """Only the pools that the plan names: others are unknown to it."""
    stack, seen = [p], set()
    while stack:
        q = stack.pop()
        if isinstance(q, dict):
            if "id" in q and "pool" in q:
                seen.add(q["pool"])
            stack += q.values()
        elif isinstance(q, list):
            stack += q
    return ((name, size) for name, size in pools.items() if name in seen)


def observed(box: dict[str, t.Any], kind: str, value: t.Any) -> Observed:
    """Give what is compared with the expectation."""
    run = box["run"]
    starts = [[i, at, None] for i, at, *_ in run.starts]
    return Observed(kind, value, box["t"], starts, sorted(run.cancelled), run.most)


