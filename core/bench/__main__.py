"""Runs all benchmarks and prints one line for each comparison, or all of them as JSON."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict

import torch

from core.bench.page_visits import pages, starting
from core.bench.peers import frameworks, left_out, low_rank
from core.bench.races import clicking
from core.bench.steps import drawing, matrices, training


def main() -> None:
    """Runs all benchmarks and prints the results."""
    torch.set_num_threads(1)
    for sentence in left_out():
        print(sentence, file=sys.stderr)
    results = [*training(), *matrices(), drawing(), *low_rank(), *frameworks(), *clicking(), *starting(), *pages()]
    if "--json" in sys.argv[1:]:
        print(json.dumps([asdict(result) for result in results], indent=2))
        return
    for result in results:
        beside = f"   beside {result.theirs:.3g}: {result.ratio:.2g} x" if result.theirs and result.ratio else ""
        print(f"{result.what:<72} {result.ours:>9.3g} {result.unit}{beside}")


if __name__ == "__main__":
    main()
