"""The goals for speed, measured: ``python tests/benchmarks/bench.py [names] [--quick] [--json FILE]``.

Each number is the median over alternating pairs in one process, CPU time unless it says wall, all events folded
into a report. It judges, and its exit code is 0 whatever it finds: goals are not tests.
"""

from __future__ import annotations

import argparse
import json
import pathlib
import platform
import sys
import typing as t

import rows_graph
import rows_peers
import rows_processes
import rows_simulation
import rows_trio
from measuring import Case, Setting, told

ROWS: list[Case] = [
    *rows_processes.ROWS[:2],
    *rows_trio.ROWS,
    *rows_peers.ROWS,
    *rows_processes.ROWS[2:],
    *rows_graph.ROWS,
    *rows_simulation.ROWS,
]
LINE = "{name:<15} {case:<50} {against:<21} {goal:>6} {median:>8} {spread:>17}  {verdict}"


def parsed() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Measure the goals for speed.")
    parser.add_argument("names", nargs="*", help="rows to measure; all if none is said")
    parser.add_argument("--pairs", type=int, default=7, help="measurements of each row")
    parser.add_argument("--quick", action="store_true", help="the largest sizes are a tenth")
    parser.add_argument("--json", type=pathlib.Path, help="a file for the numbers")
    said = parser.parse_args()
    unknown = set(said.names) - {c.name for c in ROWS}
    if unknown:
        parser.error(f"unknown rows {sorted(unknown)}; there are {', '.join(c.name for c in ROWS)}")
    return said


def line(row: dict[str, t.Any]) -> str:
    """Give a row as text."""
    cells = {k: row[k] for k in ("name", "case", "against", "verdict")}
    goal = "-" if row["goal"] is None else f"{row['goal']:g}"
    if "median" not in row:
        return LINE.format(**cells, goal=goal, median="-", spread="-")
    number = "{:.0f}" if row["unit"] else "{:.3f}" if row["median"] < 0.5 else "{:.2f}"
    low, high, median = (number.format(row[k]) for k in ("min", "max", "median"))
    return LINE.format(**cells, goal=goal, median=median, spread=f"{low} - {high}")


def main() -> int:
    """Print a row for each case as soon as it is measured."""
    said = parsed()
    setting = Setting(said.pairs, said.quick)
    if said.quick:
        print("quick: sizes of 100,000 and more are a tenth of what the rows say")
    heads = ("name", "case", "against", "goal", "median", "verdict")
    print(LINE.format(**dict(zip(heads, heads, strict=True)), spread="min - max"))
    rows = []
    for case in ROWS:
        if said.names and case.name not in said.names:
            continue
        rows.append(told(case, case.measure(setting)))
        print(line(rows[-1]), flush=True)
    if said.json is not None:
        about = {"python": platform.python_version(), "machine": platform.machine(), "quick": said.quick}
        said.json.write_text(json.dumps({**about, "pairs": said.pairs, "rows": rows}, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
