"""Who carries out one leaf: registry, calls, commands; and what items are drawn from.

May import errors, wording, results, plan and processes.
"""

from __future__ import annotations

from ._calls import Thread as Thread
from ._calls import clock_jumps as clock_jumps
from ._calls import unbounded as unbounded
from ._carry import carry_out as carry_out
from ._carry import finished as finished
from ._registry import Registry as Registry
from ._sources import END as END
from ._sources import Source as Source
from ._sources import to_the_end as to_the_end
