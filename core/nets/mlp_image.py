"""A multilayer perceptron for 28 x 28 images: two hidden layers and a head. It does not know which pixels are
neighbours."""

from core.nets import Linear, Net

READS = ("images",)  # forms of examples, as in core/experiment/tasks.py


def layers(classes: int) -> Net:
    """Returns the layers of the net."""
    return {
        "hidden1": Linear(28 * 28, 64),
        "hidden2": Linear(64, 64),
        "head": Linear(64, classes, relu=False),
    }
