"""Claims with receipts: what the stored runs say of each published result.

    python -m lessons.claims [ids] [--check] [--seeds N] [--first-seed K] [--json]

Without --check the command reads the runs that ship. With --check it trains everything again from fresh seeds,
including the backbones, on all available workers. The results of such a check are stored, so they are computed only
once.
"""

from __future__ import annotations

import argparse
import json
import sys
from functools import cache
from typing import Any

from core.store import store
from lessons.kit.lesson.catalogue import Claim, Finding, Lesson, claims
from lessons.kit.model.values import Seeds
from lessons.kit.results.compute import compute
from lessons.kit.results.evidence import load_results
from lessons.kit.shipping import findings


class Missing(LookupError):
    """Raised if the runs that a claim needs are not stored. The message says how to make them."""


def compute_finding(claim: Claim, seeds: Seeds) -> Finding:
    """Computes what the stored runs show about a claim. Raises Missing if some of the runs are not stored."""
    values = claim.runs(seeds)
    absent = [piece for piece in values if not store.complete(piece.of)]
    if absent:
        raise Missing(f"{claim.id} needs {len(absent)} results that are not stored. `make shipped` makes them.")
    return claim.finding(load_results(values))


@cache
def shipped(claim_id: str) -> Finding:
    """Returns the finding of a claim from the runs that ship.

    The finding ships too, so it is computed here only while the lesson is being developed.
    """
    return findings.read().get(claim_id) or compute_finding(claims()[claim_id][1], Seeds())


def report(lesson: Lesson, claim: Claim, finding: Finding, seeds: Seeds) -> dict[str, Any]:
    """Returns what the command prints about a claim, as JSON."""
    return {
        "id": claim.id,
        "lesson": lesson.slug,
        "statement": claim.statement.format(**finding.numbers),
        "statistic": claim.statistic,
        "value": finding.value,
        "low": finding.low,
        "high": finding.high,
        "bar": claim.bar,
        "seeds": seeds.count,
        "status": finding.status,
        "checks": {check.says: bool(check.met) for check in finding.checks},
    }


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m lessons.claims", description=__doc__.splitlines()[0])
    parser.add_argument("ids", nargs="*", help="claims to look at; all of them if none is named")
    parser.add_argument("--check", action="store_true", help="train everything again from fresh seeds")
    parser.add_argument("--seeds", type=int, default=8, help="how many seeds a check uses (2 to 32)")
    parser.add_argument("--first-seed", type=int, default=1000, help="the first of a check's seeds")
    parser.add_argument("--json", action="store_true", help="print JSON")
    wanted = parser.parse_args(arguments)
    known = claims()
    if unknown := [name for name in wanted.ids if name not in known]:
        parser.error(f"there is no claim {', '.join(unknown)}; there are {', '.join(known)}")
    if not 2 <= wanted.seeds <= 32 or wanted.first_seed < 0:
        parser.error("--seeds takes 2 to 32, --first-seed 0 or more")
    seeds = Seeds(wanted.seeds, wanted.first_seed) if wanted.check else Seeds()
    chosen = {name: known[name] for name in wanted.ids or known}
    try:
        if wanted.check:
            compute({piece.of for _, claim in chosen.values() for piece in claim.runs(seeds)})
        reports = [report(lesson, claim, compute_finding(claim, seeds), seeds) for lesson, claim in chosen.values()]
    except (Missing, RuntimeError) as error:
        print(error, file=sys.stderr)
        return 1
    print(json.dumps(reports, indent=2) if wanted.json else "\n\n".join(report_text(one) for one in reports))
    return 0


def report_text(one: dict[str, Any]) -> str:
    lines = [f"{one['id']}: {one['status']}  ({one['seeds']} seeds)", f"  {one['statement']}"]
    lines.append(f"  {one['statistic']}: {one['value']:.3g} [{one['low']:.3g}, {one['high']:.3g}]")
    lines.append(f"  bar: {one['bar']}")
    return "\n".join(lines + [f"    {'yes' if met else 'NO '}  {says}" for says, met in one["checks"].items()])
