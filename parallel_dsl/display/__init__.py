"""A report, for people. May import errors, wording, events, results, report and graph."""

from __future__ import annotations

from ._bundle import html_of as html_of
from ._bundle import report_bundle as report_bundle
from ._gantt import to_gantt as to_gantt
from ._page import to_html as to_html
