"""A refusal says what is wrong and what to try, in one line, and tells no secret."""

from __future__ import annotations

import pathlib
import typing as t

import pytest

from parallel_dsl.processes._refusal import flaw, likely, refusal, why_not

SECRET = "sk-abcdef123456"


@pytest.mark.parametrize(
    ("line", "cwd", "env", "said"),
    [
        ([], None, {}, "is empty, expected a program and its arguments"),
        (["a\0"], None, {}, "its name has a NUL character"),
        (["ls", SECRET + "\0"], None, {}, "argument 1 has a NUL character"),
        (["ls", SECRET + "\ud800"], None, {}, "argument 1 has a character that cannot be encoded"),
        (["ls", None], None, {}, "argument 1 is of type NoneType, expected a string"),
        (["ls"], 3, {}, "cwd is of type int, expected a path"),
        (["ls"], "a\0", {}, "cwd has a NUL character"),
        (["ls"], None, {"KEY": SECRET + "\0"}, "env: 'KEY' has a NUL character"),
        (["ls"], None, {"A=B": SECRET}, "env: 'A=B' is no name of a variable"),
        (["ls"], None, {"": SECRET}, "env: '' is no name of a variable"),
        (["ls"], None, {"KEY": None}, "env: 'KEY' is of type NoneType, expected a string"),
        (["ls", "ü"], ".", {"KEY": "ü"}, None),
    ],
)
def test_flaws_are_named_by_their_place(line: list[t.Any], cwd: t.Any, env: dict[str, t.Any], said: str | None) -> None:
    """What cannot be handed to the system is told by place, never by content."""
    assert flaw(line, cwd, env) == said


def test_a_folder_is_judged_before_the_program(tmp_path: pathlib.Path) -> None:
    """A cwd that is missing or no folder is told as that, though the system's error looks like a missing program."""
    (tmp_path / "file").write_text("")
    gone = FileNotFoundError()
    assert why_not(["ls"], str(tmp_path / "no"), None, gone).endswith("no' does not exist")
    assert why_not(["ls"], str(tmp_path / "file"), None, gone).endswith("file' is not a folder")
    assert SECRET not in why_not(["ls"], f"/nowhere/{SECRET}", None, gone)


def test_a_missing_program_has_a_hint(tmp_path: pathlib.Path) -> None:
    """The PATH that counts is the command's own, and a near miss on it is suggested."""
    (tmp_path / "python3").write_text("#!/nowhere/at/all\n")
    (tmp_path / "python3").chmod(0o755)
    path, gone = str(tmp_path), FileNotFoundError()
    assert why_not(["pyhton3"], None, path, gone) == "no such program on PATH; did you mean 'python3'?"
    assert why_not(["zzz"], None, path, gone) == "no such program on PATH"
    assert why_not(["./zzz"], path, path, gone) == "no such program"
    assert why_not(["./python3"], path, "", gone) == "its interpreter (first line) does not exist"
    assert why_not(["python3"], None, path, gone) == "its interpreter (first line) does not exist"
    assert likely("pyhton3", f"{path}:/nowhere") == ["python3"]


def test_what_is_no_program_is_told(tmp_path: pathlib.Path) -> None:
    """A file without the right, a folder, and any other error of the system, without its quotations."""
    (tmp_path / "file").write_text("")
    denied = PermissionError(13, "Permission denied", SECRET)
    assert why_not(["./file"], str(tmp_path), None, denied) == "is not executable; try chmod +x"
    assert why_not([str(tmp_path)], None, None, denied) == "is a folder, expected a program"
    assert why_not(["x"], None, None, OSError(7, "Argument list too long", SECRET)).endswith("argument list too long")


def test_a_refusal_tells_no_secret() -> None:
    """Only the program is named, on one line, and cleaned."""
    error = refusal([f"./run\n--token={SECRET}", SECRET], "no such program")
    assert SECRET not in str(error) + error.program + repr(error)
    assert "\n" not in str(error)
