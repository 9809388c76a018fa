"""A small convolutional net for 28 x 28 images: two convolutions, a hidden layer of 64 features, and a head."""

from core.nets import Conv, Linear, Net

READS = ("images",)  # forms of examples, as in core/experiment/tasks.py


def layers(classes: int) -> Net:
    """Returns the layers of the net."""
    return {
        "conv1": Conv(1, 16, kernel=5, stride=3, padding=2),  # 28 x 28 -> 10 x 10
        "conv2": Conv(16, 32, kernel=3, stride=2, padding=1),  # 10 x 10 -> 5 x 5
        "hidden": Linear(32 * 5 * 5, 64),
        "head": Linear(64, classes, relu=False),
    }
