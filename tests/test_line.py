"""The queue without a worker: the order of requests, the sides of races, the tabs of a learner."""

from __future__ import annotations

import pytest

from core.experiment.spec import Measure, Run, digest
from core.serve.queue import Queue, balanced_parts
from core.serve.requests import Busy, Limits, jobs_for
from tests.serving import tiny

LIMITS = Limits()


def join(line: Queue, values: list[Run | Measure], tab: str, learner: str = "", limits: Limits = LIMITS) -> bool:
    needs = {digest(value): [value] for value in values}
    races = any(isinstance(value, Run) for value in values)
    names = {name: {name} for name in needs}
    return line.join(names, jobs_for(dict(needs)), tab, learner or tab, races, limits)


def begin(line: Queue, workers: int) -> list[list[str]]:
    """Returns what this number of workers begins now."""
    shares = line.deal(line.due(), workers)
    for share in shares:
        future = object()
        for name in share:
            line.begin(name)
            line.jobs[name].future = future
    return shares


def end(line: Queue, share: list[str]) -> None:
    for name in share:
        line.end(name)


def question() -> Measure:
    return Measure(kind="examples", runs=(), tasks=(tiny().task,), count=tiny().first_seed % 900 + 1)


def test_nobodys_second_run_comes_before_somebodys_first() -> None:
    line, second = Queue(), tiny()
    firsts = {f"learner {k}": tiny() for k in range(30)}
    for learner, run in firsts.items():
        join(line, [run], learner)
    order = []
    while line.jobs:
        [share] = begin(line, 1)
        order += share
        end(line, share)
        if len(order) == 1:
            join(line, [second], "learner 0")  # whose first is done
            assert line.requests_ahead(digest(second)) == 29
        if len(order) == 2:
            join(line, [late := tiny()], "late")
    assert order == [*map(digest, firsts.values()), digest(late), digest(second)]


def test_cancelled_request_uses_up_no_turn() -> None:
    """A request that was given up before it began does not count as a turn."""
    line, changed, other = Queue(), tiny(), tiny()
    join(line, [tiny()], "ann")
    for name in line.leave(line.older("ann", "ann"), "ann", "ann"):
        line.end(name)
    join(line, [changed], "ann")
    join(line, [other], "bob")
    assert line.due() == [digest(changed), digest(other)]


def test_a_run_of_long_ago_counts_no_more() -> None:
    line, now = Queue(), Limits(lately=0)
    join(line, [tiny()], "ann")
    end(line, begin(line, 1)[0])
    join(line, [again := tiny()], "ann", limits=now)
    join(line, [other := tiny()], "bob", limits=now)
    assert line.due() == [digest(again), digest(other)]


def test_shared_run_takes_its_earliest_turn() -> None:
    """A run that two learners want comes when the first of them has a turn."""
    line, shared, between = Queue(), tiny(), tiny()
    join(line, [tiny()], "ann")
    end(line, begin(line, 1)[0])
    join(line, [shared], "ann")
    join(line, [between], "bob")
    assert line.due() == [digest(between), digest(shared)]
    join(line, [shared], "cem")
    join(line, [tiny()], "dan")
    assert line.due()[:2] == [digest(between), digest(shared)]


def test_questions_come_first_and_hold_no_race_together() -> None:
    line, sides, asked = Queue(), [tiny(), tiny()], question()
    join(line, sides, "ann")
    join(line, [asked], "bob")
    assert line.requests_ahead(digest(asked)) == 0
    assert begin(line, 2) == [[digest(asked)], *([digest(side)] for side in sides)]


def test_race_takes_all_idle_workers() -> None:
    """While other learners wait, a race takes one worker."""
    alone, crowd = Queue(), Queue()
    sides = [tiny() for _ in range(2)]
    join(alone, sides, "ann")
    assert begin(alone, 2) == [[digest(side)] for side in sides]
    races = [[tiny(), tiny()] for _ in range(3)]
    for learner, race in zip(("ann", "bob", "cem"), races, strict=True):
        join(crowd, race, learner)
    first, second = begin(crowd, 2)
    assert [first, second] == [[digest(side) for side in race] for race in races[:2]]
    assert begin(crowd, 2) == []
    end(crowd, second)
    assert begin(crowd, 2) == [[digest(side) for side in races[2]]]


def test_many_sides_are_dealt_out_evenly() -> None:
    sizes = [8, 1, 1, 4, 2, 5]
    names = [f"{size}" for size in sizes]
    parts = balanced_parts(names, sizes, 2)
    assert sorted(sum(map(int, part)) for part in parts) == [10, 11]
    assert sorted(name for part in parts for name in part) == sorted(names)


def test_what_was_lost_again_and_again_gives_way() -> None:
    line, poison, innocent = Queue(), tiny(), tiny()
    join(line, [poison], "ann")
    join(line, [innocent], "bob")
    line.jobs[digest(poison)].losses = 1
    assert line.due() == [digest(poison), digest(innocent)]  # once is an accident
    line.jobs[digest(poison)].losses = 2
    assert line.due() == [digest(innocent), digest(poison)]


def test_new_request_replaces_only_its_own_tab() -> None:
    """Two tabs of a learner have separate sets of runs."""
    line, here, there, new = Queue(), tiny(), tiny(), tiny()
    join(line, [here], "tab 1", "ann")
    join(line, [there], "tab 2", "ann")
    assert line.older("tab 1", "ann") == {digest(here)}
    assert line.leave(line.older("tab 1", "ann"), "ann", "tab 1") == {digest(here)}
    join(line, [new], "tab 1", "ann")
    assert line.wanted_names("tab 2", "ann") == {digest(there)}


def test_watching_tab_wants_the_run_too() -> None:
    line, run = Queue(), tiny()
    name = digest(run)
    join(line, [run], "before", "ann")
    line.look({name}, "after the reload", "ann")
    line.look({name}, "of another", "bob")  # watching makes it nobody else's
    assert line.leave({name}, "ann", "before") == set()  # the tab is gone
    assert line.leave({name}, "bob") == set()
    assert line.wanted_names("after the reload", "ann") == {name}
    assert line.leave({name}, "ann", "after the reload") == {name}


def test_stop_counts_for_all_tabs_of_learner() -> None:
    """Runs that another learner wants go on."""
    line, run = Queue(), tiny()
    join(line, [run], "tab 1", "ann")
    join(line, [run], "tab 2", "ann")
    join(line, [run], "tab", "bob")
    assert line.leave({digest(run)}, "ann") == set()
    assert line.leave({digest(run)}, "bob") == {digest(run)}


def test_who_is_over_a_limit_reads_a_sentence() -> None:
    line = Queue()
    for _ in range(LIMITS.pending_a_tab):
        join(line, [question()], "ann")
    with pytest.raises(Busy, match=r"^[A-Z].+\.$"):
        join(line, [question()], "ann")
    join(line, [tiny()], "ann")  # a run replaces the one before, and is not counted here
    with pytest.raises(Busy, match=r"^[A-Z].+\.$"):
        join(line, [tiny()], "bob", limits=Limits(pending=len(line.requests)))
