"""Makes everything that ships: the backbones and the default runs of every lesson. `python -m
lessons.kit.shipping.ship`

The command computes every result that the pages and claims of a lesson need, unless it is already stored. It writes
the results to lessons/shipped (in the format of core/store/shipped.py), and README.md there lists them. Results that
no lesson needs are deleted. Two kinds of runs ship with their weights: runs that a live run starts from, unless the
page trains them first, and runs that answer questions about the learner's input. These weights are in half precision,
which does not change any accuracy by as much as a tenth of a point.
"""

from __future__ import annotations

import hashlib
import itertools
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from core.experiment.spec import Measure, Run, digest, to_json
from core.store import shipped, store
from lessons.kit.capstone import choice_results as searched
from lessons.kit.lesson.catalogue import Lesson, claims, lessons
from lessons.kit.model.values import LabelledRun, Measures, Runs, Seeds, Settings, Values
from lessons.kit.model.wording import count_noun
from lessons.kit.results.compute import compute
from lessons.kit.sandbox import challenges
from lessons.kit.shipping import findings, goals, thumbnails
from lessons.kit.shipping.claims import compute_finding


class Result(NamedTuple):
    """Holds one of the results that ship."""

    slug: str  # the slug of the first lesson that needs it
    label: str  # the claim or page that needs it, and the purpose there
    value: Run | Measure


@cache
def results() -> dict[str, Result]:
    """Returns all results that ship, by digest."""
    every: dict[str, Result] = {}
    for lesson in lessons().values():
        for label, value in values_of(lesson):
            every.setdefault(digest(value), Result(lesson.slug, label, value))
    return every


def values() -> dict[str, Run | Measure]:
    """Returns all values that ship, by digest, without their labels."""
    return {name: result.value for name, result in results().items()}


def values_of(lesson: Lesson) -> Iterator[tuple[str, Run | Measure]]:
    """Yields all the values that a lesson needs, with their labels. No label is used for two values."""
    for claim in lesson.claims:
        yield from ((f"{claim.id}: {piece}", piece.of) for piece in claim.runs(Seeds()))
    earlier: Values = [*lesson.runs(lesson.recorded_settings), *lesson.after(lesson.recorded_settings)]
    yield from ((f"recorded: {piece}", piece.of) for piece in earlier)
    for bench in lesson.benches:
        yield from ((f"{bench.slug}: {piece}", piece.of) for piece in bench.backdrop(bench.defaults))
    by_pages = [
        (f"{kind}: {piece}", piece.of, choice)
        for choice in every_setting(lesson)
        for kind, wanted in (
            ("page", lesson.backdrop(choice)),
            ("sheet", answers(lesson, choice)),
            ("start", starts_of(lesson, choice)),
        )
        for piece in wanted
    ]
    meanings = Counter(label for label, _ in {(label, digest(value)) for label, value, _ in by_pages})
    for label, value, choice in by_pages:
        settings = ", ".join(f"{control.name} {choice[control]}" for control in lesson.controls)
        yield f"{label} ({settings})" if meanings[label] > 1 else label, value


def every_setting(lesson: Lesson) -> list[Settings]:
    """Returns every combination of the controls that change a lesson's runs, at the first draw."""
    options = [
        [(control.name, value) for value in control.options] for control in lesson.controls if control.changes_runs
    ]
    return [lesson.defaults.but(**dict(choice)) for choice in itertools.product(*options)]


def answers(lesson: Lesson, choice: Settings) -> Measures:
    """Returns the measures of the default input on the sheet, for runs that the page does not train itself."""
    live = {piece.of for piece in lesson.runs(choice)}
    return [piece for piece in lesson.asks(choice) if not live & set(piece.of.runs)]


def starts_of(lesson: Lesson, choice: Settings) -> Runs:
    """Returns the runs whose weights a lesson needs. These are the runs that live runs start from, unless the page
    trains them itself, and the runs that answer questions about the sheet. Models that others have trained are
    downloaded instead."""
    live = lesson.runs(choice)
    there = {piece.of for piece in live}
    begun = [
        LabelledRun(str(piece), piece.of.start) for piece in live if piece.of.start and piece.of.start not in there
    ]
    heard = [
        LabelledRun(str(piece), run, k) for piece in answers(lesson, choice) for k, run in enumerate(piece.of.runs)
    ]
    return [piece for piece in (*begun, *heard) if not piece.of.brought]


@cache
def starts() -> frozenset[Run]:
    """Returns all runs whose weights ship."""
    every = [starts_of(lesson, choice) for lesson in lessons().values() for choice in every_setting(lesson)]
    return frozenset(piece.of for pieces in every for piece in pieces)


# --- What is written --------------------------------------------------------------------------------------------------


def halved(path: Path) -> bytes:
    """Returns the content of a file of weights, with all weights in half precision."""
    from safetensors.numpy import load_file, save

    return save({name: weight.astype("float16") for name, weight in load_file(path).items()})


def weights() -> dict[str, bytes]:
    """Returns the weights that ship, by digest."""
    kept = {digest(run): store.weights(run) for run in starts()}
    return {name: halved(path) for name, path in sorted(kept.items()) if path}


def lines(checks: dict[str, str]) -> dict[str, str]:
    """Returns the content of the result files, by the slug of the lesson. `checks` holds the SHA-256 of the weights
    that ship, by digest."""
    files = dict.fromkeys(lessons(), "")
    for name, result in sorted(results().items(), key=lambda one: (natural(one[1].label), one[0])):
        value = result.value
        line: dict[str, Any] = {"digest": name, "label": result.label}
        line |= {"weights": checks[name]} if name in checks else {}
        line |= {"spec": to_json(value)}
        line |= {"events": store.events(value)} if isinstance(value, Run) else {"answer": store.answer(value)}
        files[result.slug] += shipped.write(line)
    return {slug: text for slug, text in files.items() if text}


def natural(label: str) -> list[tuple[float, str]]:
    """Returns a sort key that puts 2 before 10."""
    parts = re.split(r"(\d+(?:\.\d+)?)", label)
    return [(float(part), "") if k % 2 else (-1, part) for k, part in enumerate(parts)]


def readme(sizes: dict[str, int]) -> str:
    """Returns the text of the README that lists what ships. `sizes` holds the sizes of the weights in bytes, by
    digest."""
    text = HEAD
    for lesson in lessons().values():
        mine = {name: result for name, result in results().items() if result.slug == lesson.slug}
        runs = sum(isinstance(result.value, Run) for result in mine.values())
        text += f"\n## {lesson.title}\n\n"
        text += f"`{lesson.slug}.jsonl`: {count_noun(runs, 'run')}, {count_noun(len(mine) - runs, 'answer')}. "
        text += f"Claims: {', '.join(claim.id for claim in lesson.claims)}.\n"
        kept = [(natural(result.label), result.label, name) for name, result in mine.items() if name in sizes]
        if kept:
            text += "\n| weights | kB | of |\n|---|---|---|\n"
        text += "".join(f"| `{name}` | {sizes[name] / 1000:.0f} | {label} |\n" for _, label, name in sorted(kept))
    return text


HEAD = """\
# What ships

Made by `python -m lessons.kit.shipping.ship`, not by hand. Results that the pages and claims stand on, so that a fresh
install answers at once.

- `<lesson>.jsonl`: one result a line, under the first lesson that asks for it, sorted by a label that says which claim
  or page asks. A line holds the digest of the value, its spec, and a run's events or a measure's answer.
- `weights/<digest>.safetensors`: the weights of runs that live runs start from, or that are asked about what a learner
  types. They are kept in half precision: over all of them this moves the accuracy on their own task by at most 0.07
  points, and that of eight nets fine-tuned from them on digits by at most 0.08.
- `findings.json`: what every claim's runs say, computed from these results.
- `thumbnails.json`: the lessons' pictures on the first page, drawn of these results.
- `challenges.json`: the cheapest solutions that are known of the sandbox's challenges, found by
  `python -m lessons.kit.sandbox.challenges`.
- `capstone.json`: what every choice of the capstone's briefs came to, found by `python -m lessons.kit.capstone.search`.
- `goals.json`: every goal that a page sets, tried over a coarse grid of settings, by
  `python -m lessons.kit.shipping.goals`.
"""


def main() -> None:
    compute(values().values())
    relearn()
    packed, said = weights(), {name: compute_finding(claim, Seeds()) for name, (_, claim) in claims().items()}
    files = {f"{slug}.jsonl": text for slug, text in lines(checksums(packed)).items()}
    files |= {
        "findings.json": findings.write(said),
        thumbnails.FILE: thumbnails.write(),
        challenges.FILE: challenges.write(challenges.solutions()),
        **{name: (store.SHIPPED / name).read_text("utf-8") for name in (searched.FILE, goals.FILE)},
        "README.md": readme({k: len(data) for k, data in packed.items()}),
    }
    made = {store.SHIPPED / name: text.encode() for name, text in files.items()}
    made |= {shipped.weights(store.SHIPPED, name): data for name, data in packed.items()}
    write_shipped(made)
    print(f"{len(values())} results ship, {sum(map(len, made.values())) / 2**20:.1f} MB")


def relearn() -> None:
    """Trains every run again whose weights should ship, but are not stored."""
    for run in starts():
        if store.weights(run) is None:
            from core.serve.compute_values import perform

            perform(run, limit=7200)


def checksums(packed: dict[str, bytes]) -> dict[str, str]:
    """Returns the SHA-256 of each file of weights."""
    return {name: hashlib.sha256(data).hexdigest() for name, data in packed.items()}


def write_shipped(made: dict[Path, bytes]) -> None:
    """Writes these files to the folder of what ships, and deletes all others."""
    for path in sorted(store.SHIPPED.rglob("*"), reverse=True):
        if path.is_dir() and not any(path.iterdir()):
            path.rmdir()
        elif path.is_file() and path not in made:
            path.unlink()
    for path, data in made.items():
        if not path.exists() or path.read_bytes() != data:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
    store.clear_caches()


if __name__ == "__main__":
    main()
