"""A multilayer perceptron for points in the plane: three hidden layers of 64 features, and a head."""

from core.nets import Linear, Net

READS = ("points",)  # forms of examples, as in core/experiment/tasks.py


def layers(classes: int) -> Net:
    """Returns the layers of the net."""
    return {
        "hidden1": Linear(2, 64),
        "hidden2": Linear(64, 64),
        "hidden3": Linear(64, 64),
        "head": Linear(64, classes, relu=False),
    }
