"""Who carries out one leaf: registry, calls, commands.

May import errors, wording, results, plan and processes.
"""

from __future__ import annotations

from ._calls import Thread as Thread
from ._calls import is_async as is_async
from ._calls import unbounded as unbounded
from ._carry import carry_out as carry_out
from ._registry import Registry as Registry
