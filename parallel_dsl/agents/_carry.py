"""One attempt of a leaf is carried out: called with its filled parts, in the loop, a thread or a process."""

from __future__ import annotations

import functools
import inspect
import typing as t

import trio

from ..errors import CommandFailed
from ..plan import Agent, Command, Leaf, Plan
from ..processes import run_command
from ..results import CommandResult
from ..wording import clean, redact, short
from ._calls import clock_jumps
from ._registry import Registry

if t.TYPE_CHECKING:
    from collections.abc import Callable

    from ._calls import Thread


MOCKED = (
    "a real command under trio's MockClock, which does not wait for processes; "
    "fake it: fakes={address: CommandResult(exit_code=0)}"
)


class Parts(t.Protocol):
    """A leaf with its parts filled in: kind, function or command line, and what it is called with."""

    @property
    def plan(self) -> Leaf[t.Any]:
        """Give the leaf."""

    @property
    def address(self) -> str:
        """Give where it stands."""

    @property
    def head(self) -> t.Any:
        """Give the kind, the function, or the command line."""

    @property
    def args(self) -> tuple[t.Any, ...]:
        """Give the positional arguments."""

    @property
    def kwargs(self) -> t.Mapping[str, t.Any]:
        """Give the named arguments."""


@trio.lowlevel.disable_ki_protection
async def carry_out(
    parts: Parts,
    *,
    registry: Registry,
    thread: Callable[[], Thread],
    limiter: trio.CapacityLimiter,
) -> t.Any:
    """Give what the leaf returns, or raise what it raises; *thread* is asked for if it takes one."""
    plan = parts.plan
    fake = registry.fake(parts.address)
    if fake is not None:
        return await _faked(plan, parts, fake.value)
    if isinstance(plan, Command):
        if clock_jumps():
            raise RuntimeError(MOCKED)
        return checked(plan, parts.head, await run_command(parts.head, shell=bool(plan.shell), **parts.kwargs))
    fn, waits = registry.called(parts.head) if isinstance(plan, Agent) else registry.known(parts.head)
    if waits:
        value = await fn(*parts.args, **parts.kwargs)
    else:
        value = await finished(await thread().call(functools.partial(fn, *parts.args, **parts.kwargs), limiter))
    if isinstance(value, Plan):
        raise TypeError(f"it gave a plan, {short(value)}, which nobody runs; try: return await arun(plan)")
    return value


async def _faked(plan: Leaf[t.Any], parts: Parts, value: t.Any) -> t.Any:
    if not callable(value):
        return value
    if isinstance(plan, Command):
        return await finished(value(parts.head))
    return await finished(value(*parts.args, **parts.kwargs))


async def finished(value: t.Any) -> t.Any:
    """Await what a sync callable gave, if that is what it gave: ``lambda task: agent(task)``."""
    return await value if inspect.isawaitable(value) and not isinstance(value, Plan) else value


def checked(plan: Command, line: list[str] | str, result: CommandResult) -> CommandResult:
    """Give the result, or raise it when ``check=True`` and the exit code is not 0."""
    if plan.check and not result.ok:
        said = line if isinstance(line, str) else " ".join(line)
        raise CommandFailed(result, clean(redact(said)))
    return result
