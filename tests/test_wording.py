"""Text is made safe and short, and secrets are hidden."""

from __future__ import annotations

import pytest

from parallel_dsl.wording import clean, did_you_mean, redact, short


@pytest.mark.parametrize(
    ("text", "shown"),
    [("a\n\tb", "a b"), ("x\x1b[31my", "x\\x1b[31my"), ("é", "é"), ("x" * 300, "x" * 199 + "…")],
)
def test_clean_gives_one_safe_line(text: str, shown: str) -> None:
    """Control characters cannot reach a terminal, and length is bounded."""
    assert clean(text) == shown


def test_short_is_bounded_and_safe() -> None:
    """Huge and hostile values cost little and raise nothing."""

    class Hostile:
        def __repr__(self) -> str:
            raise RuntimeError

    assert short(Hostile()) == "<Hostile: its repr raised RuntimeError>"
    assert len(short("x" * 10**8)) <= 60
    assert len(short([["x" * 10**6] * 100] * 100)) <= 60


@pytest.mark.parametrize(
    "secret",
    [
        "--token=abc12345",
        "--api-key abc12345",
        "PASSWORD=abc12345",
        "Authorization: Bearer abc12345",
        "https://me:abc12345@host/x",
        "sk-abc12345",
    ],
)
def test_secrets_are_hidden(secret: str) -> None:
    """What looks like a secret does not come through."""
    assert "abc12345" not in redact(f"run {secret} now")
    assert "now" in redact(f"run {secret} now")


def test_did_you_mean() -> None:
    """Only what is close is suggested."""
    assert did_you_mean("retreis", ["retries", "delay"]) == "; did you mean 'retries'?"
    assert did_you_mean("zzz", ["retries"]) == ""
