"""A small convolutional net for colour pictures of 128 x 128 pixels: four convolutions, a hidden layer of 64 features,
and a head."""

from core.nets import Conv, Linear, Net

READS = ("photos",)  # forms of examples, as in core/experiment/tasks.py


def layers(classes: int) -> Net:
    """Returns the layers of the net."""
    return {
        "conv1": Conv(3, 16, kernel=5, stride=4, padding=2),  # 128 x 128 -> 32 x 32
        "conv2": Conv(16, 32, kernel=3, stride=2, padding=1),  # 32 x 32 -> 16 x 16
        "conv3": Conv(32, 32, kernel=3, stride=2, padding=1),  # 16 x 16 -> 8 x 8
        "conv4": Conv(32, 32, kernel=3, stride=2, padding=1),  # 8 x 8 -> 4 x 4
        "hidden": Linear(32 * 4 * 4, 64),
        "head": Linear(64, classes, relu=False),
    }
