"""Text is made safe and short, and secrets are hidden."""

from __future__ import annotations

import pytest

from parallel_dsl.wording import clean, did_you_mean, redact, short


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\n\tb", "a ↵ b"),
        ("x\x1b[31my", "x␛[31my"),
        ("nul\0 del\x7f c1\x9b", "nul␀ del␡ c1\ufffd"),
        ("\ud800 \ufffe \u202e \u2066 \u2028", "\ufffd \ufffd \ufffd \ufffd \ufffd"),
        ("é 👩‍🚀 漢", "é 👩‍🚀 漢"),
        ("x" * 300, "x" * 199 + "…"),
        ("", "(unnamed)"),
        (" \t ", "(unnamed)"),
    ],
)
def test_clean_gives_one_safe_line(text: str, shown: str) -> None:
    """What could harm a terminal, a page or a file is shown as something harmless; cleaning twice changes nothing."""
    assert clean(text) == shown == clean(shown)


def test_short_is_bounded_and_safe() -> None:
    """Huge and hostile values cost little and raise nothing."""

    class Hostile:
        def __repr__(self) -> str:
            raise RuntimeError

    assert short(Hostile()) == "<Hostile: its repr raised RuntimeError>"
    assert len(short("x" * 10**8)) <= 60
    assert len(short([["x" * 10**6] * 100] * 100)) <= 60


@pytest.mark.parametrize("value", [[], (1,), {1: 2}, set(), {1}, frozenset([1]), frozenset(), {"a": [1, (2,)]}, ()])
def test_what_is_small_is_shown_whole(value: object) -> None:
    """Short values are shown as their repr."""
    assert short(value) == repr(value)


def test_nested_containers_are_bounded() -> None:
    """Deep, cyclic and hugely nested values cost little; a dict stays one to look at."""
    deep: list[object] = []
    for _ in range(5_000):
        deep = [deep]
    itself: list[object] = []
    itself.append(itself)
    assert "…" in short(deep)
    assert "…" in short(itself)
    assert short(dict.fromkeys(range(100), "x" * 10 ** 5)).startswith("{0: 'xxx")
    calls: list[int] = []

    class Counted:
        def __repr__(self) -> str:
            calls.append(1)
            return "x" * 10

    short([[[Counted()] * 100] * 100] * 100)
    assert len(calls) < 100


@pytest.mark.parametrize(
    "secret",
    [
        "--token=abc12345",
        "--api-key abc12345",
        "PASSWORD=abc12345",
        "Authorization: Bearer abc12345",
        "https://me:abc12345@host/x",
        "sk-abc12345",
        "API_KEY='some abc12345'",
        '{"password": "some abc12345"}',
        "--secret 'some abc12345'",
        "password abc12345",
        "Authorization: token abc12345",
        "eyJabc12345.abc12345.abc12345",
        "-----BEGIN RSA PRIVATE KEY-----\nabc12345\n-----END RSA PRIVATE KEY-----",
    ],
)
def test_secrets_are_hidden(secret: str) -> None:
    """What looks like a secret does not come through."""
    assert "abc12345" not in redact(f"run {secret} now")
    assert "now" in redact(f"run {secret} now")


def test_a_number_of_tokens_is_no_secret() -> None:
    """The commonest parameter of a model is left readable."""
    assert redact("max_tokens=100, tokens: 5") == "max_tokens=100, tokens: 5"


def test_redaction_is_linear() -> None:
    """The work is bounded by the length: a long word is looked at once, not from each of its letters."""
    assert redact("a" * 200_000) == "a" * 200_000
    assert redact("token" * 20_000) == "token" * 20_000


def test_did_you_mean() -> None:
    """Only what is close is suggested."""
    assert did_you_mean("retreis", ["retries", "delay"]) == "; did you mean 'retries'?"
    assert did_you_mean("zzz", ["retries"]) == ""
