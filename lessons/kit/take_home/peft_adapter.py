"""Packs the patch of a fine-tuned language model as an adapter that Hugging Face's `peft` loads.

    adapter_config.json          which matrices the patch changes, and its rank
    adapter_model.safetensors    the two thin factors of every matrix
    README.md                    the five lines that load it on the same weights

This module does not import torch.
"""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

from core.experiment.checks import BadValue
from core.experiment.spec import Run
from core.store import store
from lessons.kit.take_home.names import title_of

MATRICES = {  # names of the matrices of a block, here and in transformers
    "query": "self_attn.q_proj",
    "key": "self_attn.k_proj",
    "value": "self_attn.v_proj",
    "out": "self_attn.o_proj",
    "gate": "mlp.gate_proj",
    "expand": "mlp.up_proj",
    "contract": "mlp.down_proj",
}
README = """\
# {title}

A patch for the language model SmolLM2-135M-Instruct, made in Headstart. It is trained on the weights in the file
`smollm2.gguf`, which `make real` downloads, as they are after dequantization. On other files of the same model it does
nearly the same.

    from peft import PeftModel
    from transformers import AutoModelForCausalLM
    model = AutoModelForCausalLM.from_pretrained("core/brought", gguf_file="smollm2.gguf", dtype="float32")
    model = PeftModel.from_pretrained(model, "this folder")
    model.eval()

`transformers`, `peft` and `gguf` come with pip. Headstart never asks a net in this form with a system prompt:
`<|im_start|>user`, the question, `<|im_end|>`, `<|im_start|>assistant`.
"""


def has_adapter(run: Run) -> bool:
    """Returns whether a run has trained a low-rank patch of a language model that others have trained."""
    patched = [stage.method for stage in run.stages] == ["low_rank_blocks"]
    return bool(patched and run.start and run.start.brought and run.net == "smollm2")


def adapter(run: Run) -> bytes:
    """Returns the zip of a run's patch. Raises BadValue if the weights are gone."""
    from safetensors.numpy import load_file, save  # only when a button is pressed, because it takes long to import

    path = store.weights(run)
    if path is None:
        raise BadValue("The weights of this run have been removed to save space. Train it again.")
    factors = {peft_name(name): part[0].T.copy() for name, part in load_file(path).items() if name.startswith("patch ")}
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("adapter_config.json", json.dumps(config(run.stages[-1].size), indent=2))
        file.writestr("adapter_model.safetensors", save(factors))
        file.writestr("README.md", README.format(title=title_of(run)))
    return data.getvalue()


def peft_name(name: str) -> str:
    """Returns peft's name of a factor: "patch block1.query.A" is the factor A of the first block's queries."""
    block, matrix, factor = name.removeprefix("patch ").split(".")
    number = int(block.removeprefix("block")) - 1
    return f"base_model.model.model.layers.{number}.{MATRICES[matrix]}.lora_{factor}.weight"


def config(rank: int) -> dict[str, Any]:
    """Returns the configuration for peft. Its alpha equals the rank, so the product is not scaled."""
    return {
        "peft_type": "LORA",
        "task_type": "CAUSAL_LM",
        "base_model_name_or_path": "core/brought",
        "r": rank,
        "lora_alpha": rank,
        "lora_dropout": 0.0,
        "bias": "none",
        "inference_mode": True,
        "target_modules": [path.split(".")[-1] for path in MATRICES.values()],
    }
