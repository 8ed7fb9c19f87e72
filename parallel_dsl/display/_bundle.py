"""A report in a notebook: the chart as an image, which stays when the notebook is saved, and the leaves as a table."""

from __future__ import annotations

from ..graph import escape, image
from ..report import Report
from ..wording import safe_lines
from ._gantt import summary_of, to_gantt
from ._leaves import leaves_table
from ._markup import tag

ROWS = 200


def html_of(report: Report) -> str:
    """Give what a notebook shows of a report; no style sheet, no inline picture, no script.

    Example:
        >>> html_of(Report.of([]))[:10]
        '<img alt="'
    """
    table = leaves_table(report, ROWS, plain=True)
    return image(to_gantt(report), summary_of(report)) + tag("details", tag("summary", escape("as a table")), table)


def report_bundle(report: Report) -> dict[str, str]:
    """Give a report for a notebook, by MIME type.

    There is no ``image/svg+xml``: a viewer would show it without what is around it.
    """
    return {"text/html": html_of(report), "text/plain": safe_lines(str(report))}
