"""Long checks, by hand: ``python tests/soak/soak.py [interrupts] [fuzz] [flat] [--minutes 60]``; 1 if any fails.

- interrupts: Ctrl-C at random moments of a real run; always a bare KeyboardInterrupt, and nothing is left.
- fuzz: random plans; the driver without trio and the driver under trio agree to the last event.
- flat: random plans in one process, for long; memory, threads and descriptors do not grow.
"""

from __future__ import annotations

import argparse
import pathlib
import sys
import time
import typing as t

TESTS = pathlib.Path(__file__).parent.parent
PARTS = ("interrupts", "fuzz", "flat")


def parsed() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Check for long.")
    parser.add_argument("parts", nargs="*", help=f"of {', '.join(PARTS)}; all if none is said")
    parser.add_argument("--interrupts", type=int, default=500, help="how many")
    parser.add_argument("--plans", type=int, default=20_000, help="how many are fuzzed")
    parser.add_argument("--minutes", type=float, default=60, help="of random plans in one process")
    parser.add_argument("--seed", type=int, default=0, help="of all that is random")
    said = parser.parse_args()
    unknown = set(said.parts) - set(PARTS)
    if unknown:
        parser.error(f"unknown parts {sorted(unknown)}; there are {', '.join(PARTS)}")
    return said


def parts(said: argparse.Namespace) -> dict[str, t.Callable[[], list[str]]]:
    """Give what each part runs; what it gives is what went wrong."""
    sys.path += [str(TESTS / "real"), str(TESTS / "laws")]  # whose programs and plans are used here
    from flat import flat
    from fuzz import fuzz
    from interrupts import interrupts

    return {
        "interrupts": lambda: interrupts(said.interrupts, said.seed),
        "fuzz": lambda: fuzz(said.plans, said.seed),
        "flat": lambda: flat(said.minutes, said.seed),
    }


def main() -> int:
    """Run the parts, each to its end whatever the others found."""
    said = parsed()
    bad: dict[str, int] = {}
    for name, part in parts(said).items():
        if said.parts and name not in said.parts:
            continue
        began = time.monotonic()
        wrong = part()
        bad[name] = len(wrong)
        for each in wrong[:20]:
            print(f"{name}: WRONG: {each}")
        print(f"{name}: {len(wrong) or 'nothing'} wrong in {time.monotonic() - began:.0f} s", flush=True)
    failed = [name for name, many in bad.items() if many]
    print(f"soak: {'failed: ' + ', '.join(failed) if failed else 'all held'}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
