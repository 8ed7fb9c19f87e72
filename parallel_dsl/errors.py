"""Everything a user may catch, each with fields that say where and what."""

from __future__ import annotations

import typing as t

import attrs

if t.TYPE_CHECKING:
    from collections.abc import Sequence


MOST_REPRS = 5  # errors in the repr of a group
MOST_SHOWN = 20  # findings in the text of an error; a typo in a loop makes thousands


@attrs.frozen
class Finding:
    """Tell one thing that `check` found in a plan.

    Args:
        address: Where in the plan, the root being the empty string.
        level: ``"error"`` keeps a run from starting, ``"note"`` does not.
        what: What was found.
        advice: What to try.

    Example:
        >>> print(Finding("fixes.b", "error", "ref.bug: no such name", "did you mean 'bugs'?"))
        fixes.b: ref.bug: no such name; did you mean 'bugs'?
    """

    address: str
    level: t.Literal["error", "note"]
    what: str
    advice: str = ""

    def __str__(self) -> str:
        said = f"{self.what}; {self.advice}" if self.advice else self.what
        said = f"{self.address}: {said}" if self.address else said
        return f"note: {said}" if self.level == "note" else said


class PlanError(ValueError):
    """Say that a plan cannot be built or started, with every finding.

    Args:
        findings: One message, or the findings that are errors.

    Example:
        >>> PlanError("attempts is 0, expected at least 1").findings[0].what
        'attempts is 0, expected at least 1'
    """

    def __init__(self, findings: str | Sequence[Finding]) -> None:
        if isinstance(findings, str):
            findings = (Finding("", "error", findings),)
        self.findings: tuple[Finding, ...] = tuple(findings)
        more = len(self.findings) - MOST_SHOWN
        lines = [*map(str, self.findings[:MOST_SHOWN]), *([f"and {more} more: see .findings"] if more > 0 else [])]
        super().__init__("\n".join(lines))

    def __reduce__(self) -> tuple[t.Any, ...]:
        return type(self), (self.findings,)


class RefError(LookupError):
    """Say that a reference led nowhere: an ordinary failure of the leaf that holds it.

    Example:
        >>> RefError("ref.a.b: no 'b'", "fixes").address
        'fixes'
    """

    def __init__(self, message: str, address: str = "") -> None:
        self.message, self.address = message, address
        super().__init__(message, address)

    def __str__(self) -> str:
        return f"{self.address}: {self.message}" if self.address else self.message


class Rejected(Exception):
    """Say that a value did not meet the condition of ``.expect``; it is kept.

    Example:
        >>> str(Rejected("draft", 3, "at least five pages"))
        'draft: value rejected, expected: at least five pages'
    """

    def __init__(self, address: str, value: object, why: str) -> None:
        self.address, self.value, self.why = address, value, why
        super().__init__(address, value, why)

    def __str__(self) -> str:
        return _at(self.address, f"value rejected, expected: {self.why}")


class PlanTimeout(TimeoutError):
    """Say that a deadline struck; ``__cause__`` is the last error inside, if there was one.

    Example:
        >>> str(PlanTimeout("checks", 5))
        'checks: not done within 5 s'
    """

    def __init__(self, address: str, seconds: float) -> None:
        self.address, self.seconds = address, seconds
        super().__init__(address, seconds)

    def __str__(self) -> str:
        return _at(self.address, f"not done within {self.seconds:g} s")


class NoneSucceeded(ExceptionGroup[Exception]):
    """Say that every candidate of an `Any` or a `Fallback` failed, in written order.

    Example:
        >>> NoneSucceeded("fix: none succeeded", [ValueError("a"), OSError("b")]).exceptions
        (ValueError('a'), OSError('b'))
    """

    def __repr__(self) -> str:
        first = ", ".join(map(repr, self.exceptions[:MOST_REPRS]))
        more = len(self.exceptions) - MOST_REPRS
        return f"NoneSucceeded({self.message!r}, [{first}{f', and {more} more' if more > 0 else ''}])"

    def derive(self, excs: Sequence[t.Any], /) -> NoneSucceeded:  # type: ignore[override]  # noqa: D102 - Python's own protocol; candidates are Exceptions only
        return NoneSucceeded(self.message, excs)


class NoCandidates(Exception):
    """Say that an `Any`, `Race` or `Fallback` was mapped over nothing.

    Example:
        >>> str(NoCandidates("fix"))
        'fix: no candidates: the items were empty'
    """

    def __init__(self, address: str) -> None:
        self.address = address
        super().__init__(address)

    def __str__(self) -> str:
        return _at(self.address, "no candidates: the items were empty")


class LeafExited(Exception):
    """Say that a leaf raised ``SystemExit`` or the like; ``__cause__`` is that exit.

    Example:
        >>> str(LeafExited("lint", "SystemExit(0)"))
        'lint: the leaf tried to end the program: SystemExit(0)'
    """

    def __init__(self, address: str, what: str) -> None:
        self.address, self.what = address, what
        super().__init__(address, what)

    def __str__(self) -> str:
        return _at(self.address, f"the leaf tried to end the program: {self.what}")


class CommandFailed(Exception):
    """Say that a command with ``check=True`` ended with another exit code than 0.

    Example:
        >>> from parallel_dsl.results import CommandResult
        >>> str(CommandFailed(CommandResult(exit_code=2, stderr="no such file"), "ls x"))
        'ls x: exit code 2: no such file'
    """

    def __init__(self, result: t.Any, command: str) -> None:
        self.result, self.command = result, command
        super().__init__(result, command)

    def __str__(self) -> str:
        tail = (self.result.stderr or self.result.stdout).strip().splitlines()
        said = f"{self.command}: exit code {self.result.exit_code}"
        return f"{said}: {tail[-1][:200]}" if tail else said


class CommandNotStarted(OSError):
    """Say that a command could not be started, and why.

    Example:
        >>> str(CommandNotStarted("nmp: no such program", "nmp"))
        'nmp: no such program'
    """

    def __init__(self, message: str, program: str) -> None:
        self.message, self.program = message, program
        super().__init__(message, program)

    def __str__(self) -> str:
        return self.message


class SimulatedFailure(Exception):
    """Say that a leaf failed in a simulation, where no other error was given for it.

    Example:
        >>> from parallel_dsl import Agent, simulate
        >>> simulate(Agent("debugger"), fails=1.0).error
        SimulatedFailure('the plan: attempt 1 failed, as simulated')
    """


class PlanCancelled(Exception):
    """Say that a run was cancelled by hand; `report_of` gives what was done until then.

    Example:
        >>> str(PlanCancelled())
        'the run was cancelled'
    """

    def __str__(self) -> str:
        return "the run was cancelled"


def _at(address: str, said: str) -> str:
    return f"{address}: {said}" if address else said
