"""Runs the same work in other frameworks: a race, a sequence of tasks, and low-rank adaptation.

Each peer learns one task after another and tests all of them after every round, as its own documentation shows. Its
logging and printing are turned off. The peers are requirements of this benchmark only: requirements-bench.txt.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from importlib.util import find_spec
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset

from core import worlds
from core.bench import SEEDS, Result, seconds
from core.bench.steps import conv, plain, stacked
from core.experiment.spec import Run, Stage
from core.experiment.tasks import FiveDigits, Handwriting, Task
from core.nets import Theta
from core.training.report import Done
from core.training.train import train

BATCH, ROUND, RATE, RANK = 16, 15, 1e-3, 4  # examples of a step, steps between two tests, learning rate and rank
EXAMPLES = BATCH * ROUND  # of each task: a round sees every example once
RACE = (Handwriting(labels=EXAMPLES // 10),)
SEQUENCE = (FiveDigits(which="low", labels=EXAMPLES // 5), FiveDigits(which="high", labels=EXAMPLES // 5))
ROUNDS = 20  # in total, divided among the tasks
Data = list[tuple[TensorDataset, TensorDataset]]  # training and test examples of each task
Peer = Callable[[nn.Module, Data, int], list[float]]  # net, tasks, rounds of each -> accuracy on each task at the end


def lightning(net: nn.Module, data: Data, rounds: int) -> list[float]:
    """Trains with PyTorch Lightning: a LightningModule, and a Trainer that fits it to one task after another."""
    import lightning as pl

    class Module(pl.LightningModule):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.net = net

        def training_step(self, batch: list[Tensor], _: int) -> Tensor:
            return nn.functional.cross_entropy(self.net(batch[0]), batch[1])

        def validation_step(self, batch: list[Tensor], _: int, dataloader_idx: int = 0) -> None:
            right = (self.net(batch[0]).argmax(-1) == batch[1]).float().mean()
            self.log("accuracy", right, on_epoch=True, batch_size=len(batch[1]))

        def configure_optimizers(self) -> torch.optim.Optimizer:
            return torch.optim.Adam(self.parameters(), lr=RATE)

    logging.getLogger("lightning.pytorch").setLevel(logging.ERROR)
    quiet = {"logger": False, "enable_checkpointing": False, "enable_progress_bar": False}
    module, tests = Module(), [DataLoader(test, batch_size=100) for _, test in data]
    for known, _ in data:
        trainer = pl.Trainer(max_epochs=rounds, accelerator="cpu", num_sanity_val_steps=0, **quiet,
                             enable_model_summary=False)  # fmt: skip
        trainer.fit(module, DataLoader(known, BATCH, shuffle=True), tests)
    return [float(value) for _, value in sorted(trainer.callback_metrics.items()) if "accuracy" in _]


def skorch(net: nn.Module, data: Data, rounds: int) -> list[float]:
    """Trains with skorch: a classifier that is fitted to one task after another and scored after every round."""
    from skorch import NeuralNetClassifier
    from skorch.callbacks import Callback

    scores: list[float] = []

    class Tests(Callback):  # type: ignore[misc]
        def on_epoch_end(self, net: Any, **_: object) -> None:
            scores[:] = [float((net.predict(test.tensors[0]) == test.tensors[1].numpy()).mean()) for _, test in data]

    fitted = NeuralNetClassifier(
        net, criterion=nn.CrossEntropyLoss, optimizer=torch.optim.Adam, lr=RATE, batch_size=BATCH, train_split=None,
        iterator_train__shuffle=True, iterator_valid__batch_size=100, max_epochs=rounds, verbose=0, callbacks=[Tests()],
    )  # fmt: skip
    for known, _ in data:
        fitted.partial_fit(*known.tensors)
    return scores


def avalanche(net: nn.Module, data: Data, rounds: int) -> list[float]:
    """Trains with avalanche's naive strategy: one experience after another, without protection against forgetting."""
    from avalanche.benchmarks import benchmark_from_datasets
    from avalanche.benchmarks.utils import AvalancheDataset, DataAttribute
    from avalanche.evaluation.metrics import accuracy_metrics
    from avalanche.training import Naive
    from avalanche.training.plugins import EvaluationPlugin

    def stream(which: int) -> list[AvalancheDataset]:
        return [
            AvalancheDataset(
                [parts[which]],
                data_attributes=[
                    DataAttribute(parts[which].tensors[1].tolist(), "targets"),
                    DataAttribute([0] * len(parts[which]), "targets_task_labels", use_in_getitem=True),
                ],
            )
            for parts in data
        ]

    benchmark = benchmark_from_datasets(train=stream(0), test=stream(1))
    strategy = Naive(
        model=net, optimizer=torch.optim.Adam(net.parameters(), lr=RATE), criterion=nn.CrossEntropyLoss(),
        train_mb_size=BATCH, train_epochs=rounds, eval_mb_size=100, eval_every=1,
        evaluator=EvaluationPlugin(accuracy_metrics(experience=True), loggers=[]),
    )  # fmt: skip
    for experience in benchmark.train_stream:
        strategy.train(experience, eval_streams=[benchmark.test_stream])
    found = strategy.eval(benchmark.test_stream)
    return [float(value) for name, value in sorted(found.items()) if "Top1_Acc_Exp" in name]


PEERS: dict[str, tuple[str, Peer]] = {
    "PyTorch Lightning": ("lightning", lightning),
    "skorch": ("skorch", skorch),
    "avalanche": ("avalanche", avalanche),
}


def tables(tasks: Sequence[Task]) -> Data:
    """Returns the examples of every task, for the first seed."""
    every = [(worlds.load(task).train(task, range(1)), worlds.load(task).test(task)) for task in tasks]
    return [(TensorDataset(pool.x[0], pool.y[0]), TensorDataset(*test)) for pool, test in every]


def train_in_turn(tasks: Sequence[Task]) -> list[float]:
    """Trains all seeds on the tasks in turn, with one run for each task. Each run also tests the earlier tasks."""
    ancestors: dict[Run, Theta] = {}
    start, accuracy = None, []
    for k, task in enumerate(tasks):
        stage = Stage(steps=ROUND * ROUNDS // len(tasks), batch=BATCH, rate=RATE)
        run = Run(task=task, start=start, stages=(stage,), watch=tuple(tasks[:k]), seeds=SEEDS)
        for event in train(run, ancestors):
            if isinstance(event, Done):
                ancestors[run] = event.theta
            elif hasattr(event, "accuracy"):
                last, *before = (sum(of_task) / SEEDS for of_task in event.accuracy.values())
                accuracy = [*before, last]
        start = run
    return accuracy


def frameworks() -> list[Result]:
    """Compares the race and the sequence with every installed peer, in milliseconds a net."""
    ready()
    found = []
    for what, tasks in (("a race from scratch", RACE), ("two tasks one after the other", SEQUENCE)):
        data = tables(tasks)
        mine = 1000 * seconds(partial(train_in_turn, tasks)) / SEEDS
        for name, (module, peer) in PEERS.items():
            if find_spec(module):
                theirs = 1000 * seconds(partial(peer, conv(), data, ROUNDS // len(data)), 2)
                found.append(Result(f"{what}, {name}", mine, theirs, "ms a net", theirs / mine))
    return found


def low_rank() -> list[Result]:
    """Compares a step of low-rank adaptation with that of PEFT."""
    if not find_spec("peft"):
        return []
    ready()
    from peft import LoraConfig, get_peft_model

    stage = Stage(method="low_rank", size=RANK, steps=1000, batch=BATCH)
    run = Run(task=Handwriting(labels=50), stages=(stage,), seeds=SEEDS)
    config = LoraConfig(r=RANK, lora_alpha=RANK, target_modules=["0", "2", "5"], modules_to_save=["7"])
    adapted: Any = get_peft_model(conv(), config)
    mine, theirs = 1000 * stacked(run) / SEEDS, 1000 * plain(adapted, run, fused=True)
    return [Result(f"LoRA of rank {RANK}, PEFT", mine, theirs, "ms a step and model", theirs / mine)]


def ready() -> None:
    """Prepares the import of the peers."""
    warnings.filterwarnings("ignore", module="lightning|torch|avalanche")
    with suppress(RuntimeError):  # already defined
        # Two peers import torchvision. Its compiled part is not used here, and does not fit every build of torch.
        for name in ("nms", "qnms"):
            torch.library.define(f"torchvision::{name}", "(Tensor dets, Tensor scores, float most) -> Tensor")


def left_out() -> list[str]:
    """Returns a sentence for every peer that is not installed."""
    modules = {name: module for name, (module, _) in PEERS.items()} | {"PEFT": "peft"}
    absent = [name for name, module in modules.items() if not find_spec(module)]
    return [f"{name} is not installed, and left out: requirements-bench.txt names it." for name in absent]
