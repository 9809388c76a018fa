"""Make what ships: the backbones and the default runs of every lesson. `python -m lessons.kit.shipping.ship`

Everything that a lesson's pages and claims stand on is computed unless it is stored already, and written to
lessons/shipped (its form: core/store/shipped.py), whose README.md lists it. What no lesson asks for goes. Weights go
along only of runs that a live run starts from without the page training them first, and of those that are asked about
what a learner places or types: in half precision, which moves no accuracy by a tenth of a point.
"""

from __future__ import annotations

import hashlib
import itertools
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from core.experiment.spec import Measure, Run, digest, to_json
from core.store import shipped, store
from lessons.kit.capstone import choice_results as searched
from lessons.kit.lesson.catalogue import Lesson, claims, lessons
from lessons.kit.lesson.explanation import count_noun
from lessons.kit.model.values import LabelledRun, Measures, Runs, Seeds, Settings, Values
from lessons.kit.results.compute import compute
from lessons.kit.sandbox import challenges
from lessons.kit.shipping import findings, goals, thumbnails
from lessons.kit.shipping.claims import compute_finding


class Result(NamedTuple):
    """One of all that ship."""

    slug: str  # of the first lesson that asks for it
    label: str  # who asks there, and what it is to them
    value: Run | Measure


@cache
def results() -> dict[str, Result]:
    """All that ships, by digest."""
    every: dict[str, Result] = {}
    for lesson in lessons().values():
        for label, value in values_of(lesson):
            every.setdefault(digest(value), Result(lesson.slug, label, value))
    return every


def values() -> dict[str, Run | Measure]:
    """All that ships, by digest, without what it is to whom."""
    return {name: result.value for name, result in results().items()}


def values_of(lesson: Lesson) -> Iterator[tuple[str, Run | Measure]]:
    """All that a lesson asks for, under labels of which none means two values."""
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
    """Everything that the controls of a lesson can be set to, at the first draw."""
    options = [[(control.name, value) for value in control.options] for control in lesson.controls]
    return [replace(lesson.defaults, values=dict(choice)) for choice in itertools.product(*options)]


def answers(lesson: Lesson, choice: Settings) -> Measures:
    """What is asked about the sheet as it is at first, of runs that the page does not train."""
    live = {piece.of for piece in lesson.runs(choice)}
    return [piece for piece in lesson.asks(choice) if not live & set(piece.of.runs)]


def starts_of(lesson: Lesson, choice: Settings) -> Runs:
    """What live runs start from, unless the page trains it before their eyes; and whom the sheet asks."""
    live = lesson.runs(choice)
    there = {piece.of for piece in live}
    begun = [
        LabelledRun(str(piece), piece.of.start) for piece in live if piece.of.start and piece.of.start not in there
    ]
    heard = [
        LabelledRun(str(piece), run, k) for piece in answers(lesson, choice) for k, run in enumerate(piece.of.runs)
    ]
    return [*begun, *heard]


@cache
def starts() -> frozenset[Run]:
    """All runs whose weights ship."""
    every = [starts_of(lesson, choice) for lesson in lessons().values() for choice in every_setting(lesson)]
    return frozenset(piece.of for pieces in every for piece in pieces)


# --- What is written --------------------------------------------------------------------------------------------------


def halved(path: Path) -> bytes:
    """A file of weights, every one in half precision."""
    from safetensors.numpy import load_file, save

    return save({name: weight.astype("float16") for name, weight in load_file(path).items()})


def weights() -> dict[str, bytes]:
    """The weights that ship, by digest."""
    kept = {digest(run): store.weights(run) for run in starts()}
    return {name: halved(path) for name, path in sorted(kept.items()) if path}


def lines(checks: dict[str, str]) -> dict[str, str]:
    """The files of results by their lesson's slug; checks are the SHA-256 of the weights that ship, by digest."""
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
    """So sorted, 2 stands before 10."""
    parts = re.split(r"(\d+(?:\.\d+)?)", label)
    return [(float(part), "") if k % 2 else (-1, part) for k, part in enumerate(parts)]


def readme(sizes: dict[str, int]) -> str:
    """The list of what ships; sizes are those of the weights in bytes, by digest."""
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
    """Train again whatever has shipped without its weights so far."""
    for run in starts():
        if store.weights(run) is None:
            from core.serve.compute_values import perform

            perform(run, limit=7200)


def checksums(packed: dict[str, bytes]) -> dict[str, str]:
    return {name: hashlib.sha256(data).hexdigest() for name, data in packed.items()}


def write_shipped(made: dict[Path, bytes]) -> None:
    """Have these files in the folder of what ships, and no others."""
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
