"""A refresh costs little: only new lines are read, nothing is computed twice, and fixed parts are sent once."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from app.beats import watch
from app.beats.run import RunStatus
from app.beats.watch import StageView, States
from app.components.player.player import FRAMES, parts, player_data, without_parts
from core.serve.requests import State
from core.store import store
from lessons.kit.figures.player import Images, Player, Space, player, to_base64
from lessons.kit.lesson.catalogue import lessons
from lessons.kit.model.cache_by_identity import cache_by_identity
from lessons.kit.model.values import Results, cut
from lessons.kit.results.evidence import load_results


def test_only_new_lines_of_a_run_are_read(tmp_path: Path) -> None:
    file = tmp_path / "events.jsonl"
    file.write_text('{"step": 0}\n{"step": 1}\n{"st', "utf-8")
    growing = store.growing(tmp_path)
    first = growing.read()
    assert first == [{"step": 0}, {"step": 1}]
    assert growing.read() is first  # nothing is new
    file.write_text('{"gone": 0}\n{"gone": 1}\n{"step": 2}\n', "utf-8")  # what was read is not read again
    assert growing.read() == [*first, {"step": 2}]
    assert first == [{"step": 0}, {"step": 1}]  # whoever has it may keep it


def test_restarted_run_is_read_from_its_beginning(tmp_path: Path) -> None:
    file = tmp_path / "events.jsonl"
    file.write_text('{"step": 0}\n{"step": 1}\n', "utf-8")
    growing = store.growing(tmp_path)
    assert len(growing.read()) == 2
    other = tmp_path / "other"
    other.write_text('{"step": 7}\n' * 3, "utf-8")
    other.replace(file)
    assert growing.read() == [{"step": 7}] * 3
    file.unlink()
    assert growing.read() == []


def test_cache_goes_by_identity_not_equality() -> None:
    asked: list[list[int]] = []

    @cache_by_identity(4)
    def doubled(numbers: list[int], by: int) -> list[int]:
        asked.append(numbers)
        return [by * number for number in numbers]

    mine, other = [1, 2], [1, 2]
    assert doubled(mine, 2) is doubled(mine, 2)
    assert doubled(other, 2) == doubled(mine, 2) and doubled(mine, by=3) == [3, 6]
    assert [each is mine for each in asked] == [True, False, True]


@pytest.mark.parametrize("end", [-1, 0, 7.5, 10, 99])
def test_a_table_is_cut_at_a_step(end: float) -> None:
    table = pd.DataFrame({"step": [0, 0, 5, 5, 10, 10], "seed": [0, 1] * 3})
    assert cut(table, end).equals(table[table.step <= end])


def played(frames: int) -> dict[str, Any]:
    areas = [to_base64(np.full(16, k % 2)) for k in range(frames)]
    image = [to_base64(np.full(4, 90)), to_base64(np.full(4, 10))]
    says = [[str(k), "b"] for k in range(frames)]
    panels = (
        Space(title="", areas=areas, sure=areas, extent=(-1, 1, -1, 1)),
        Images(title="", images=image, width=2, height=2, says=says),
    )
    marks = [f"step {k}" for k in range(frames)]
    return dict(player(Player(marks=marks, says=marks, panels=panels, classes=("a", "b"))).spec)


@pytest.mark.parametrize("frames", [1, 2, FRAMES, FRAMES + 1, 3 * FRAMES + 2])
def test_parts_of_a_player_make_the_whole(frames: int) -> None:
    spec = played(frames)
    kept = [json.loads(part)["part"] for _, part in parts(spec)]
    for k, panel in enumerate(spec["panels"]):
        left = without_parts(panel, spec)
        joined = {
            name: [*(one for part in kept for one in part.get(f"{k} {name}", ())), *left[name]]
            for name in left
            if isinstance(left[name], list) and name in ("images", "areas", "sure", "says")
        }
        assert joined and all(joined[name] == panel[name] for name in joined)
        assert all(len(left[name]) < FRAMES for name in joined)


def test_equal_parts_are_read_again_each_time() -> None:
    frames = 2 * FRAMES + 3
    wall = Images(title="", images=["AAAAAA=="], width=2, height=2, says=[["Gol"]] * frames)
    marks = [f"step {k}" for k in range(frames)]
    figure = player(Player(marks=marks, says=marks, panels=[wall]))
    kept, data = player_data(figure, "wall", live=False)
    unique = {name: json.loads(part)["part"] for name, part in kept}
    assert len(unique) == 2 and len(data["kept"]) == 3  # what holds for all frames, and the same eight frames twice
    joined = [one for name in data["kept"] for one in unique[name].get("0 says", ())]
    assert joined + data["panels"][0]["says"] == [["Gol"]] * frames


def test_new_frames_resend_no_earlier_part() -> None:
    before, after = (dict(parts(played(frames))) for frames in (FRAMES + 3, 2 * FRAMES + 1))
    assert before.keys() < after.keys() and len(after) == len(before) + 1


def looked(playing: bool, *states: State) -> float:
    pieces = lessons()["label_worth"].runs(lessons()["label_worth"].defaults)
    values: States = list(zip(pieces, states))
    return RunStatus(values, values, Results(), False, StageView(Results(), playing), 0.4).poll_interval


def watched(monkeypatch: pytest.MonkeyPatch, shares: list[tuple[float, float]]) -> list[tuple[bool, int]]:
    """Returns whether a recording is on the stage, and its step, after some seconds and shares of the own run."""
    lesson = lessons()["label_worth"]
    runs = lesson.runs(lesson.defaults)
    own = {piece.key: piece for piece in runs}
    clock, share = [0.0], [0.0]

    def loaded(pieces: Any) -> Results:
        recorded = load_results(lesson.runs(lesson.recorded_settings))
        if [piece.of for piece in pieces] == [piece.of for piece in runs]:
            due = {key: int(share[0] * piece.of.steps) for key, piece in own.items()}
            return recorded.up_to(due) if share[0] > 0 else Results()
        return recorded

    state: dict[str, Any] = {"label_worth.since": (0.0, 0.6)}
    monkeypatch.setattr(watch, "st", SimpleNamespace(session_state=state))
    monkeypatch.setattr(watch.url_state, "key", lambda slug, name: f"{slug}.{name}")
    monkeypatch.setattr(watch, "engine", lambda: SimpleNamespace(watch=lambda *_: None))
    monkeypatch.setattr(watch, "me", lambda: ())
    monkeypatch.setattr(watch, "load_results", loaded)
    monkeypatch.setattr(watch.time, "monotonic", lambda: clock[0])
    found = []
    for clock[0], share[0] in shares:
        kind = "failed" if share[0] < 0 else "done" if share[0] == 1 else "running"
        view = watch.stage_view(lesson, [(piece, State(kind)) for piece in runs], lesson.defaults)  # type: ignore[arg-type]
        table = view.evidence.table("race", "pretrained") if len(view.evidence) else None
        assert view.playing or not view.recorded or clock[0] > 4  # something moves, so the page updates itself
        found.append((view.recorded, 0 if table is None else int(table.step.max())))
    return found


def test_own_run_takes_over_when_ahead(monkeypatch: pytest.MonkeyPatch) -> None:
    (wait, _), (slow, early), (ahead, late) = watched(monkeypatch, [(1, 0), (2, 0.02), (3, 1)])
    assert (wait, slow, ahead) == (True, True, False)
    assert late >= early > 0  # nobody sees a step twice


def test_run_that_fails_at_once_is_played(monkeypatch: pytest.MonkeyPatch) -> None:
    (at_once, _), (later, step) = watched(monkeypatch, [(0.1, -1), (3, -1)])
    assert at_once and later and step > 0


def test_slow_own_run_is_shown_after_the_recording(monkeypatch: pytest.MonkeyPatch) -> None:
    (first, _), (last, end), (own, begun) = watched(monkeypatch, [(1, 0), (4.5, 0.05), (4.7, 0.05)])
    assert (first, last, own) == (True, True, False)
    assert begun < end


def test_refresh_rate_follows_state_of_runs() -> None:
    """Running runs refresh often, waiting ones seldom, finished ones never."""
    queued, running, done = State("queued", 3), State("running"), State("done")
    assert looked(False, done, done) == 0
    assert looked(True, done, done) == looked(False, running, queued) == looked(True, queued, queued) == 0.4
    assert looked(False, queued, queued) > 1
    assert looked(False, replace(queued, position=0), queued) == 0.4  # it is next
    assert not math.isnan(looked(False, queued, done))
