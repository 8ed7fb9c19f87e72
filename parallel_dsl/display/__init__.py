"""A report, for people. May import errors, wording, events, results, report and graph."""

from __future__ import annotations

from ._gantt import to_gantt as to_gantt
from ._page import to_html as to_html
