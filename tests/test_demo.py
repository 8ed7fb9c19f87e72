"""The demo's plan finds a defect that is planted in a copy of the project."""

from __future__ import annotations

import pathlib
import shutil

import pytest
from demo_plan import review, team

import parallel_dsl as dsl

ROOT = pathlib.Path(__file__).parent.parent


@pytest.mark.real
def test_a_planted_defect_appears_in_the_synthesis(tmp_path: pathlib.Path) -> None:
    """A wrong type, an unused import and a TODO are in the synthesis; what failed is told as missing."""
    copy = tmp_path / "copy"
    kept = shutil.ignore_patterns(".git", ".venv", "*_cache", ".hypothesis", "__pycache__")
    shutil.copytree(ROOT, copy, ignore=kept)
    planted = '"""A planted defect."""\n\nimport os\n\nSIZE: int = "three"  # TODO find this\n'
    (copy / "parallel_dsl" / "planted.py").write_text(planted)
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    out = dsl.run(review(copy, scratch, "tests/report/test_report.py"), agents=team(), limit=4)
    said = out.synthesis
    assert "RED lint" in said
    assert "planted.py:3:8: F401" in said
    assert "RED types" in said
    assert 'planted.py:5: error: Incompatible types in assignment' in said
    assert "ok  tests" in said
    assert "planted.py:5: SIZE" in said
    assert "missing: tickets: no ticket system is configured here" in said
    assert [len(e.attempts) for e in dsl.last_report() if e.address == "found.readings.todos"] == [2]
