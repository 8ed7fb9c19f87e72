"""The one fold of events: what became of each address, and what the run cost; the table a person reads.

May import errors, wording, events and results.
"""

from __future__ import annotations

from ._carried import attach_report as attach_report
from ._carried import report_of as report_of
from ._critical import Around as Around
from ._critical import CriticalStep as CriticalStep
from ._critical import critical_seconds as critical_seconds
from ._entries import Brief as Brief
from ._entries import briefs as briefs
from ._entry import GLYPHS as GLYPHS
from ._entry import Attempt as Attempt
from ._entry import Entry as Entry
from ._entry import State as State
from ._entry import Wait as Wait
from ._fold import Fold as Fold
from ._report import Report as Report
from ._table import ROWS as ROWS
from ._table import saved_lines as saved_lines
from ._table import took as took
