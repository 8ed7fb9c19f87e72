"""Keys give what trying each of them would give, also when there are thousands."""

from __future__ import annotations

import time

from hypothesis import given
from hypothesis import strategies as st

from parallel_dsl import Agent, All, Stage, item, simulate
from parallel_dsl.plan import Keys, steps

WILD = ("*", "[*]")


def fits(pattern: str, address: str, *, both: bool = False) -> bool:
    """Tell whether an address fits a pattern, step by step; with *both* a star of the address is any step too."""
    wanted, found = steps(pattern), steps(address)
    return len(wanted) == len(found) and all(
        w in WILD or w == f or (both and f in WILD) for w, f in zip(wanted, found, strict=True)
    )


def joined(parts: list[str]) -> str:
    return "".join(part if part.startswith("[") else f".{part}" for part in parts).removeprefix(".")


PLAIN = ["a", "b", "[0]", '["*"]']
ADDRESSES = st.lists(st.sampled_from(PLAIN), max_size=3).map(joined)
PATTERNS = st.lists(st.sampled_from([*PLAIN, "*", "[*]"]), max_size=3).map(joined)
SOME = st.lists(PATTERNS, max_size=8, unique=True)


@given(SOME, ADDRESSES)
def test_the_key_of_an_address_is_the_first_that_fits(keys: list[str], address: str) -> None:
    """That very address counts before all patterns, and of these the first that is written."""
    first = address if address in keys else next((key for key in keys if fits(key, address)), None)
    assert Keys(keys).of(address) == first


@given(SOME, PATTERNS)
def test_what_a_pattern_meets(keys: list[str], pattern: str) -> None:
    """It meets a key if one address can fit both."""
    assert Keys(keys).met(pattern) == any(fits(pattern, key, both=True) for key in keys)


@given(st.lists(ADDRESSES, max_size=8), PATTERNS)
def test_what_fits_a_pattern(addresses: list[str], pattern: str) -> None:
    """Of addresses without stars it is those that the pattern fits."""
    assert Keys(addresses).fitted(pattern) == any(fits(pattern, address) for address in addresses)


def test_thousands_of_keys_are_not_tried_one_by_one() -> None:
    """2,000 patterns for 10,000 leaves take no 20 million comparisons."""
    plan = All({f"g{i}": All([Agent("a")] * 5) for i in range(2_000)})
    began = time.process_time()
    report = simulate(plan, {f"g{i}.*": i for i in range(2_000)}, limit=10_000)
    assert time.process_time() - began < 20
    assert (report.wall_seconds, report["g7[3]"].seconds) == (1_999, 7)


def test_a_key_may_have_stars_where_the_plan_has_none() -> None:
    """A star for a name, a position where the plan has a template: both are steps of addresses in a run."""
    plan = Stage(reviews=All.map(Stage(read=Agent("reader", item)), over=[1, 2]))
    assert simulate(plan, {"*[0].read": 5}).wall_seconds == 5
