"""Groups decide what success is, and which shape the result has.

The stub beside this file says the shape to type checkers; here is what people read.
"""

from __future__ import annotations

from ._base import T_co
from ._groups import Group


class All(Group[T_co]):
    """All children must succeed; they run side by side.

    Result: a tuple in written order, named children as `Results`. Empty: done at once.
    The first failure decides: siblings are cut, and awaited, then that leaf's own error goes out.

    Example:
        >>> from parallel_dsl.plan import Agent
        >>> All(bugs=Agent("debugger", "find"), perf=Agent("profiler", "measure"))
        All(bugs=Agent('debugger', 'find'), perf=Agent('profiler', 'measure'))
    """

    __slots__ = ()


class Settled(Group[T_co]):
    """Every child's outcome is recorded; it never fails.

    Result: `Outcomes` of `Succeeded` and `Failed` in written order, with ``.successes`` and
    ``.failures``. A retry around it runs only the failed children again; a deadline around it keeps
    the outcomes that there are.

    Example:
        >>> from parallel_dsl.plan import Agent
        >>> Settled(Agent("a"), Agent("b")).retry(5)
        Settled(Agent('a'), Agent('b')).retry(5)
    """

    __slots__ = ()


class Any(Group[T_co]):
    """The first success is the result; the others are cut, and awaited.

    When run, fails with `NoneSucceeded` if no child succeeds, with all errors in written order.

    Example:
        >>> from parallel_dsl.plan import Agent
        >>> Any(Agent("a"), Agent("b"))
        Any(Agent('a'), Agent('b'))
    """

    __slots__ = ()
    needs_one = True


class Race(Group[T_co]):
    """The first child to settle decides, by its value or its error; the others are cut, and awaited.

    Example:
        >>> from parallel_dsl.plan import Agent
        >>> Race(Agent("a"), Agent("b"))
        Race(Agent('a'), Agent('b'))
    """

    __slots__ = ()
    needs_one = True


class Stage(Group[T_co]):
    """Children run one after another; each sees the results of the earlier ones through `ref`.

    Result: all children's results. The first failure ends it; later children never start.

    Example:
        >>> from parallel_dsl.plan import Agent, ref
        >>> Stage(found=Agent("scan"), fixed=Agent("fix", ref.found))
        Stage(found=Agent('scan'), fixed=Agent('fix', ref.found))
    """

    __slots__ = ()


class Fallback(Group[T_co]):
    """Children run one after another until one succeeds.

    When run, fails with `NoneSucceeded` if no child succeeds, with all errors in order.

    Example:
        >>> from parallel_dsl.plan import Agent
        >>> Fallback(Agent("cheap"), Agent("dear"))
        Fallback(Agent('cheap'), Agent('dear'))
    """

    __slots__ = ()
    needs_one = True
