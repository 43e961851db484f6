"""`make bench`: what is promised in seconds and ratios, measured in one session.

Options: `--rounds N` (default 5), `--only first-layer|engine`.
"""

import argparse

from rich.console import Console

PARTS = ("first-layer", "engine")


def main() -> int:
    """Measure the parts that are asked for; exit code 1 when a goal is missed."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", choices=PARTS)
    options = parser.parse_args()
    console = Console()
    missed: list[str] = []
    for part in PARTS if options.only is None else (options.only,):
        if part == "engine":
            from tests.bench import engine

            missed += engine.measure(console, rounds=options.rounds)
        else:
            from tests.bench import first_layer

            missed += first_layer.measure(console, rounds=options.rounds)
    for name in missed:
        console.print(f"goal missed: {name}", style="red")
    return 1 if missed else 0


if __name__ == "__main__":
    raise SystemExit(main())
