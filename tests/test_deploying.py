"""The manifest names only things that exist.

No cluster is used here and the operator's schema is not at hand: the manifest was checked by the schema of
dask-kubernetes 2026.3.0 when it was written.
"""

from __future__ import annotations

import importlib
import re
from pathlib import Path
from typing import Any

import dask.config
import distributed  # noqa: F401  its settings are known with it
import yaml
from streamlit import config

ROOT = Path(__file__).resolve().parent.parent
DOCS = list(yaml.safe_load_all((ROOT / "docs" / "kubernetes.yaml").read_text("utf-8")))
KINDS = {doc["kind"]: doc for doc in DOCS}


def pods() -> dict[str, Any]:
    cluster = KINDS["DaskCluster"]["spec"]
    app = KINDS["Deployment"]["spec"]["template"]["spec"]
    return {"scheduler": cluster["scheduler"]["spec"], "worker": cluster["worker"]["spec"], "app": app}


def test_every_kind_is_there_once() -> None:
    assert len(KINDS) == len(DOCS) == 4
    assert KINDS["DaskCluster"]["apiVersion"] == "kubernetes.dask.org/v1"


def test_every_setting_is_one_that_is_read() -> None:
    code = "".join(path.read_text("utf-8") for path in (ROOT / "core").rglob("*.py"))
    for pod in pods().values():
        for setting in pod["containers"][0]["env"]:
            name = setting["name"]
            if name.startswith("DASK_DISTRIBUTED__"):
                key = name.removeprefix("DASK_").lower().replace("__", ".").replace("_", "-")
                dask.config.get(key)  # KeyError if there is none
            elif name.startswith("HEADSTART_"):
                assert f'"{name}"' in code
            else:
                assert name in ("DASK_SCHEDULER_ADDRESS", "PYTHONPATH")


def test_commands_name_what_exists() -> None:
    commands = {name: pod["containers"][0]["command"] for name, pod in pods().items()}
    assert (ROOT / commands["app"][commands["app"].index("run") + 1]).exists()
    for option in commands["app"]:
        if option.startswith("--"):
            assert config.get_option(option[2:]) is not None or option == "--server.address"
    for role in ("scheduler", "worker"):
        cli = importlib.import_module(f"distributed.cli.dask_{role}").main
        known = {name for parameter in cli.params for name in (*parameter.opts, *parameter.secondary_opts)}
        assert {option for option in commands[role] if option.startswith("--")} <= known
    preload = commands["worker"][commands["worker"].index("--preload") + 1]
    assert callable(importlib.import_module(preload).dask_setup)


def test_pods_mount_their_volumes_store_and_secret() -> None:
    """All pods name the same store and the same secret."""
    for pod in pods().values():
        mounts = {mount["name"]: mount["mountPath"] for mount in pod["containers"][0]["volumeMounts"]}
        volumes = {volume["name"]: volume for volume in pod["volumes"]}
        assert mounts.keys() == volumes.keys()
        assert volumes["secret"]["secret"] == {"secretName": "headstart-workers", "defaultMode": 0o400}
        files = [setting["value"] for setting in pod["containers"][0]["env"] if setting["value"].endswith(".pem")]
        assert files and {Path(file).parent.as_posix() for file in files} == {mounts["secret"]}
        if "store" in mounts:
            claim = volumes["store"]["persistentVolumeClaim"]["claimName"]
            assert claim == KINDS["PersistentVolumeClaim"]["metadata"]["name"]
            assert {"name": "HEADSTART_STORE", "value": mounts["store"]} in pod["containers"][0]["env"]
    assert KINDS["PersistentVolumeClaim"]["spec"]["accessModes"] == ["ReadWriteMany"]


def test_the_address_is_the_schedulers_service() -> None:
    name = KINDS["DaskCluster"]["metadata"]["name"]  # the operator's service is named after it
    port = KINDS["DaskCluster"]["spec"]["scheduler"]["service"]["ports"][0]["port"]
    addresses = re.findall(r"tls://\S+", (ROOT / "docs" / "kubernetes.yaml").read_text("utf-8"))
    assert set(addresses) == {f"tls://{name}-scheduler:{port}"} and len(addresses) == 2
