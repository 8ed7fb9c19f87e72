"""Trio carries out what the machine says: driver, leaf boundary, hosts.

May import errors, wording, results, events, report, plan, machine and agents.
"""

from __future__ import annotations

from ._hosts import awaiting as awaiting
from ._hosts import blocking as blocking
from ._leaf import CurrentLeaf as CurrentLeaf
from ._leaf import current_leaf as current_leaf
from ._session import LAST as LAST
from ._session import Session as Session
from ._session import options as options
