"""Commands that die with the run, behind one door: `run_command`. May import errors, wording and results."""

from __future__ import annotations

from ._run import run_command as run_command
