"""One run, step by step: what it starts from is learned first, then the run itself, with all seeds side by side."""

from functools import partial
from pathlib import Path

import torch
from safetensors.torch import load_file

from core import adapt, keep, nets, worlds
from core.adam import Adam
from core.nets import Theta
from core.spec import Keep, Run, Stage
from core.tasks import Plane, Task
from core.train import annealed, begin, lowest, orders, protection, rates, rngs

KEEPING = True  # is an old skill protected?
ANNEALED = True  # does a stage's rate rise and fall?
WATCHED = True  # is a run tested on other tasks than its own?
WEIGHTS = [""]  # files with weights, from the first run on; a run whose file is not there is trained

SOURCE = Run(task=Plane(labels=20), net="mlp", stages=(Stage(steps=30),), seeds=2)
RUN = Run(task=Plane(labels=5, turn=20.0), net="mlp", start=SOURCE, stages=(Stage(steps=30),), seeds=2, keep=(Keep(),))


def train(run: Run, ancestors: dict[Run, Theta]) -> Theta:
    """Returns the weights that a run leaves, (seeds, ...) each; ancestors are those of the runs it stands on."""
    seeds = range(run.first_seed, run.first_seed + run.seeds)
    world, step = worlds.load(run.task), 0
    net = nets.load(run.net, world.classes(run.task))
    pool, loss, last = world.train(run.task, seeds), worlds.loss_of(run.task), len(net) - 1
    theta = begin(run, net, ancestors, seeds)
    if KEEPING:
        penalties = protection(run, theta, ancestors)
    for number, stage in enumerate(run.stages):
        # theta = start + delta(phi), and only phi is trained.
        method, start = adapt.load(stage.method), theta
        phi = method.phi(start, stage.size, rngs("phi", seeds, number))
        for parameter in phi.values():
            parameter.requires_grad_()
        # Layers below the first that moves are the same at every step: they are run once, over all examples.
        first = lowest(net, method.delta(start, phi))
        inputs = pool.through(partial(nets.forward, net, start, end=first)) if first else pool
        adam, begun = Adam(list(phi.values()), rates(net, phi, stage)), step
        order = orders(pool.size, stage, rngs("order", seeds, number))
        for index in order.split(stage.batch, dim=1)[: run.steps - begun]:
            x, y = inputs.take(index)
            theta = adapt.moved(start, method.delta(start, phi))
            features = nets.forward(net, theta, x, first, last)
            each = loss(nets.forward(net, theta, features, last), y)
            if KEEPING:
                each = sum([penalty.value(theta, pool.take(index)[0], features) for penalty in penalties], each)
            gradients = torch.autograd.grad(each.sum(), adam.parameters, materialize_grads=True)
            adam.step(gradients, (annealed(stage, step - begun) if stage.anneal else 1) if ANNEALED else 1)
            step += 1
        theta = {name: weight.detach() for name, weight in adapt.moved(start, method.delta(start, phi)).items()}
        if step == run.steps:
            break
    return theta


def test(run: Run, task: Task, theta: Theta, head: Theta) -> str:
    """What every seed scores on a task, through its own head or another's."""
    world = worlds.load(task)
    net, (x, y) = nets.load(run.net, world.classes(task)), world.test(task)
    scores = getattr(world, "scores", worlds.right)
    with torch.no_grad():
        parts = [
            scores(nets.forward(net, theta | head, some.expand(run.seeds, *some.shape)), truth)
            for some, truth in zip(x.split(64), y.split(64))
        ]
    each = torch.cat(parts, 1).mean(1)
    seeds = " ".join(f"{score:.5f}" for score in each.tolist())
    return f"{task.question}: {getattr(world, 'UNIT', 'accuracy')} {each.mean():.3f} of {seeds}"


torch.set_num_threads(1)  # nets as small as these wait for threads longer than they gain
learned: dict[Run, Theta] = {}
for number, run in enumerate(reversed(list(RUN.lineage()))):
    if WEIGHTS:
        file = Path(WEIGHTS[number]) if number < len(WEIGHTS) else Path()
        kept = load_file(file) if file.is_file() else {}
        learned[run] = {name: weight.float() for name, weight in kept.items() if not name.startswith("frame")}
    if not learned.get(run):
        learned[run] = train(run, learned)
    print(test(run, run.task, learned[run], {}))
    if WATCHED:
        for task in run.watch:
            print("-", test(run, task, learned[run], keep.old_head(run, task, learned)))
