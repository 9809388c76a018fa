"""A multilayer perceptron for 28 x 28 images: no pixel is the neighbour of another. Two hidden layers, a head."""

from core.nets import Linear, Net

READS = ("images",)  # forms of examples, as tasks name them


def layers(classes: int) -> Net:
    return {
        "hidden1": Linear(28 * 28, 64),
        "hidden2": Linear(64, 64),
        "head": Linear(64, classes, relu=False),
    }
