"""Computes the shapes of the weights of a run and its ancestors, in a separate process because this needs torch.

`python -m core.bundles.weight_shapes` reads the run as JSON and answers with {digest: {name: shape}}. It trains
nothing. The server starts it if a bundle says that it holds these weights.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from functools import lru_cache

from core.experiment.checks import BadValue
from core.experiment.spec import Run, digest, from_json, to_json
from core.store import store

Shapes = dict[str, tuple[int, ...]]  # by the names of weights; the first axis is the seed
WAIT = 120.0  # most seconds that the process may take


@lru_cache(maxsize=64)
def shapes(run: Run) -> dict[str, Shapes]:
    """Returns the shapes for every run of the lineage, by digest. The first call for a run takes two seconds."""
    told = json.dumps(to_json(run))
    command = [sys.executable, "-m", "core.bundles.weight_shapes"]
    try:
        done = subprocess.run(command, input=told, capture_output=True, text=True, cwd=store.ROOT, timeout=WAIT)
        answer = json.loads(done.stdout)
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        raise BadValue("The server is too busy to check this run. Try again.") from error
    if "refused" in answer:
        raise BadValue(str(answer["refused"]))
    return {name: {weight: tuple(shape) for weight, shape in each.items()} for name, each in answer.items()}


def main() -> None:
    """Reads a run from standard input and prints the shapes of its weights."""
    import torch

    from core import adapt, nets, worlds
    from core.nets import Theta
    from core.training.start import initial_weights, rngs

    torch.set_num_threads(1)
    left: dict[Run, Theta] = {}
    answer: dict[str, object] = {}
    try:
        of_one = None  # one seed is enough, because all seeds have the same shapes
        for run in reversed(list(from_json(json.load(sys.stdin)).lineage())):
            of_one = replace(run, start=of_one, seeds=1)
            net = nets.load(run.net, worlds.load(run.task).classes(run.task))
            theta, steps = initial_weights(of_one, net, left, range(1)), 0
            for number, stage in enumerate(run.stages):
                method, luck = adapt.load(stage.method), rngs("phi", range(1), number)
                theta = adapt.apply_delta(theta, method.delta(theta, method.phi(theta, stage.size, luck)))
                if (steps := steps + stage.steps) >= run.steps:
                    break  # the run may stop before the end of its stages
            left[of_one] = theta
            answer[digest(run)] = {name: [run.seeds, *weight.shape[1:]] for name, weight in theta.items()}
    except BadValue as error:
        answer = {"refused": str(error)}
    except (RuntimeError, LookupError):
        answer = {"refused": "The net of this run cannot learn its task."}
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
