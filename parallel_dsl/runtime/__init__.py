"""Trio carries out what the machine says: driver, leaf boundary, hosts.

May import errors, wording, results, events, report, plan, machine and agents.
"""

from __future__ import annotations

from ._hosts import awaiting as awaiting
from ._hosts import blocking as blocking
from ._leaf import CurrentLeaf as CurrentLeaf
from ._leaf import current_leaf as current_leaf
from ._options import instead_of as instead_of
from ._options import options as options
from ._session import LAST as LAST
from ._session import Session as Session
