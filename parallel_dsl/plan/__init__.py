"""What to run: frozen values that run nothing. May import errors, wording and results."""

from __future__ import annotations

from ._address import join as join
from ._address import matches as matches
from ._address import steps as steps
from ._base import Plan as Plan
from ._check import check as check
from ._commands import Command as Command
from ._commands import command_line as command_line
from ._freeze import refs_in as refs_in
from ._group_kinds import All as All
from ._group_kinds import Any as Any
from ._group_kinds import Fallback as Fallback
from ._group_kinds import Race as Race
from ._group_kinds import Settled as Settled
from ._group_kinds import Stage as Stage
from ._groups import Group as Group
from ._leaves import NO_TASK as NO_TASK
from ._leaves import Agent as Agent
from ._leaves import Call as Call
from ._leaves import Leaf as Leaf
from ._leaves import Params as Params
from ._leaves import Value as Value
from ._refs import Ref as Ref
from ._refs import Text as Text
from ._refs import item as item
from ._refs import last as last
from ._refs import ref as ref
from ._refs import text as text
from ._resolve import fill as fill
from ._shapers import Drain as Drain
from ._shapers import Pick as Pick
from ._shapers import drained_of as drained_of
from ._walk import Node as Node
from ._walk import walk as walk
from ._wrappers import Batch as Batch
from ._wrappers import Expect as Expect
from ._wrappers import Given as Given
from ._wrappers import Limit as Limit
from ._wrappers import Retry as Retry
from ._wrappers import Timeout as Timeout
from ._wrappers import Uses as Uses
from ._wrappers import Wrapper as Wrapper
from ._wrappers import group_of as group_of
from ._wrappers import settled_of as settled_of
