"""The neutral notation of the cases: its fake agents, and the comparison of what was observed.

Knows nothing of the library. A leaf of the notation is a script; `agent` plays it and keeps a log.
"""

from __future__ import annotations

import math
import typing as t
from dataclasses import dataclass

import trio

EPSILON = 1e-6
Anything = t.Any  # a field of `Observed` is called t
Plan = dict[str, t.Any]


class Boom(Exception):
    """The failure of a fake agent, told apart by its label."""

    def __init__(self, label: str, retry_after: float | None = None) -> None:
        super().__init__(label)
        self.label, self.retry_after = label, retry_after

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Boom) and other.label == self.label

    __hash__ = Exception.__hash__


class CustomBase(BaseException):
    """A BaseException that nobody knows."""


BASES: dict[str, type[BaseException]] = {
    "KeyboardInterrupt": KeyboardInterrupt,
    "SystemExit": SystemExit,
    "CustomBase": CustomBase,
}


def decoded(value: t.Any) -> t.Any:
    """Give the Python value of a value in the notation."""
    if isinstance(value, dict) and set(value) == {"$exc"}:
        return Boom(value["$exc"])
    return [decoded(v) for v in value] if isinstance(value, list) else value


def number(said: t.Any) -> t.Any:
    """Give a number that JSON cannot say."""
    return float(said) if said in ("inf", "nan", "-inf") else said


def _fail(label: str) -> t.NoReturn:
    raise Boom(label)


FUNCTIONS: dict[str, t.Callable[[t.Any], t.Any]] = {
    "echo": lambda x: x,
    "inc": lambda x: x + 1,
    "double": lambda x: x * 2,
    "sum": sum,
    "len": len,
    "oks": lambda x: [o["ok"] for o in x if "ok" in o],
    "fails": lambda x: [label for o in x if "fail" in o for label in o["fail"]],
    "fail_if_odd": lambda x: x if x % 2 == 0 else _fail(f"odd{x}"),
    "sleep_in": lambda x: x,
    "sleep_fail3": lambda x: x if x != 3 else _fail("three"),
}
SLEEPERS = ("sleep_in", "sleep_fail3")


class Log:
    """What the agents of one run did: every start, every cancellation, the most at once."""

    def __init__(self) -> None:
        self.began = trio.current_time()
        self.starts: list[list[t.Any]] = []
        self.cancelled: list[str] = []
        self.running = self.most = 0
        self.calls: dict[tuple[str, str], int] = {}

    def now(self) -> float:
        return trio.current_time() - self.began


def scripted(leaf: Plan, call: int) -> Plan:
    """Give what a leaf does at its k-th call."""
    if "script" in leaf:
        return {**leaf, **leaf["script"][min(call, len(leaf["script"])) - 1]}
    if "flaky" in leaf:
        hidden = ("ok", "call") if call <= leaf["flaky"] else ("fail",)
        return {k: v for k, v in leaf.items() if k not in hidden}
    return leaf


async def agent(leaf: Plan, name: str, given: t.Any, log: Log) -> t.Any:
    """Play one call of a leaf."""
    log.starts.append([name, log.now()])
    log.running += 1
    log.most = max(log.most, log.running)
    call = log.calls[name, repr(given)] = log.calls.get((name, repr(given)), 0) + 1
    step = scripted(leaf, call)
    try:
        await _busy(step, given)
    except trio.Cancelled:
        log.cancelled.append(name)
        await _clean_up(step)
        raise
    finally:
        log.running -= 1
    if "base" in step:
        raise BASES[step["base"]]
    if "fail" in step:
        raise Boom(step["fail"], step.get("retry_after"))
    return FUNCTIONS[step["call"]](given) if "call" in step else decoded(step["ok"])


async def _busy(step: Plan, given: t.Any) -> None:
    seconds = given if step.get("call") in SLEEPERS else step.get("after", 0)
    with trio.CancelScope(shield=bool(step.get("shield"))):
        await trio.sleep(math.inf if "never" in step else seconds)


async def _clean_up(step: Plan) -> None:
    if step.get("cleanup"):
        with trio.CancelScope(shield=True):
            await trio.sleep(step["cleanup"])
    if "cleanup_base" in step:
        raise BASES[step["cleanup_base"]] from None
    if "cleanup_fail" in step:
        raise Boom(step["cleanup_fail"]) from None


@dataclass
class Observed:
    """How a case came out; None is what cannot be told."""

    kind: str
    value: Anything = None
    t: float = 0.0
    starts: list[list[Anything]] | None = None
    cancelled: list[str] | None = None
    max_running: int | None = None
    primary: str | None = None
    late: list[str] | None = None
    suffixed: bool = True


def deviations(case: Plan, seen: Observed) -> list[str]:
    """Give where *seen* differs from what the case expects."""
    expected = case["expect"]
    kind = next(k for k in ("value", "fail", "base", "invalid") if k in expected)
    if seen.kind != kind:
        return [f"expected {expected}, got {seen.kind} {seen.value!r} at {seen.t}"]
    if kind == "invalid":
        return []
    pairs = [(kind, expected[kind], seen.value)]
    if isinstance(expected[kind], dict):
        pairs.append(("key order", list(expected[kind]), list(seen.value)))
    if "t" in case and abs(seen.t - case["t"]) > EPSILON:
        pairs.append(("t", case["t"], seen.t))
    if "primary" in expected and seen.primary is not None:
        pairs.append(("primary", expected["primary"], seen.primary))
    if "cancelled" in case:
        pairs.append(("cancelled", sorted(case["cancelled"]), seen.cancelled))
    if "max_running" in case:
        pairs.append(("max_running", case["max_running"], seen.max_running))
    if "n_starts" in case:
        pairs.append(("n_starts", case["n_starts"], len(seen.starts or [])))
    if "starts" in case:
        pairs.append(("starts", _starts(case["starts"]), _starts(seen.starts or [])))
    return [f"{what}: expected {want!r}, got {got!r}" for what, want, got in pairs if want != got]


def _starts(starts: list[list[t.Any]]) -> list[tuple[float, str]]:
    return sorted((round(at, 6), name) for name, at, *_ in starts)
