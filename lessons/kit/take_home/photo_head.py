"""Packs what a net for photos has learned of a learner's own photos: its new head, and a script in plain PyTorch.

    train.py            tests the heads on unseen photos, names other photos, and trains a new head
    head.safetensors    the heads of all nets: weight (nets, 1280, classes) and bias (nets, 1, classes)
    photos.npz          the photos, if the browser that brought them saves the zip
    numbers.csv         every test of the run
    README.md           how to get the net itself, its checksum, and the number that you should get

This module does not import torch.
"""

from __future__ import annotations

import io
import zipfile

from core.bundles.bundle import OLD, RunRecords
from core.experiment.checks import BadValue
from core.experiment.scores import own_scores, score_text
from core.experiment.spec import Run
from core.experiment.tasks import OWN, Pictures
from core.pretrained.model_files import MODELS
from core.store import store
from core.user_data import photo_album
from lessons.kit.results.evidence import scores
from lessons.kit.results.scores_csv import scores_csv
from lessons.kit.scripts.source import render_script
from lessons.kit.take_home.names import name_of, title_of

README = """\
# {title}

Your photos taught {nets} new heads for {model}, a net that other people have trained. In the app, they ended with
**{score}** (the mean of all heads).

## Run it

The net itself is not in this folder, because it is not ours to copy. Get it once, in Headstart's folder:

    {command}

Then copy `{file}` from `core/brought` into this folder. Its SHA-256 is `{sha256}`.

    pip install numpy pillow safetensors torch
    python train.py            # tests your heads on the photos that they never saw, and trains a new head
    python train.py cup.jpg    # says what another photo shows

## What is in this folder

| file | content |
|---|---|
| `train.py` | the net and its head in plain PyTorch, without any part of Headstart |
| `head.safetensors` | your heads: `head.weight` (heads, 1280, classes) and `head.bias` (heads, 1, classes) |
| `photos.npz` | your photos: `images` (n, 128, 128, 3), `labels` and `names`. Only your own browser can save it |
| `numbers.csv` | the scores of all tests in the app: step, seed, task, unit, value |

The classes are, in the order of the heads' answers: {classes}.
"""


def has_head(run: Run) -> bool:
    """Returns whether a run has trained only a new head on a learner's photos, for a net that others have trained."""
    photos = isinstance(run.task, Pictures) and OWN.fullmatch(run.task.source)
    return bool(photos and run.start and run.start.brought and all(stage.method == "probe" for stage in run.stages))


def zipped(run: Run, known: RunRecords = store, with_data: bool = True) -> bytes:
    """Returns the zip of such a run. Raises BadValue if its weights are gone. If `with_data` is false, the photos are
    left out."""
    path = known.weights(run)
    if path is None:
        raise BadValue("The weights of this run have been removed to save space. Train it again.")
    assert isinstance(run.task, Pictures)
    source, model, events = run.task.source, MODELS[run.net], known.events(run)
    names = photo_album.load(source).names
    (stage,) = run.stages
    last = [event for event in events if event["kind"] == "point"][-1]
    script = render_script(
        "lessons.kit.scripts.photos",
        title_of(run),
        MODEL=model.weights,
        SHA256=model.sha256,
        ALBUM=source,
        NAMES=list(names),
        LABELS=run.task.labels,
        SEED=run.first_seed,
        STEPS=stage.steps,
        RATE=stage.rate,
        BATCH=stage.batch,
    )
    text = README.format(
        title=title_of(run),
        nets=run.seeds,
        model=model.name,
        score=score_text(*own_scores(scores(last))),
        command=model.command,
        file=model.weights,
        sha256=model.sha256,
        classes=", ".join(names),
    )
    files = {
        "README.md": text.encode(),
        "train.py": script.encode(),
        "head.safetensors": path.read_bytes(),
        "numbers.csv": scores_csv(run, events).encode(),
        **({"photos.npz": photo_album.path(source).read_bytes()} if with_data else {}),
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            entry = zipfile.ZipInfo(
                f"{name_of(run)}/{name}", OLD
            )  # without the time, so that equal runs are equal zips
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, data, zipfile.ZIP_DEFLATED)
    return packed.getvalue()
