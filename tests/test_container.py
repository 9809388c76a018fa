"""The container file and the lines in docs/deploying.md name only what exists. No image is built here."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

from streamlit import config

ROOT = Path(__file__).resolve().parent.parent
DEPLOYING = (ROOT / "docs" / "deploying.md").read_text("utf-8")
FILE = (ROOT / "docs" / "Containerfile").read_text("utf-8")
LINES = [tuple(line.split(maxsplit=1)) for line in FILE.splitlines() if line and not line.startswith("#")]
KNOWN = {"FROM", "WORKDIR", "COPY", "ARG", "RUN", "USER", "ENV", "VOLUME", "EXPOSE", "HEALTHCHECK", "CMD"}


def every(instruction: str) -> list[str]:
    return [rest for name, rest in LINES if name == instruction]


def known(words: list[str]) -> None:
    """Asserts that every option of a command is one of Streamlit's and that its page exists."""
    assert (ROOT / words[words.index("run") + 1]).is_file()
    for option in words:
        if option.startswith("--"):
            assert option[2:] in config.get_config_options(), option


def test_lines_are_instructions_and_python_is_supported() -> None:
    assert {name for name, _ in LINES} == KNOWN and LINES[0][0] == "FROM"
    (image,) = every("FROM")
    assert (3, 11) <= tuple(int(part) for part in re.findall(r"\d+", image)) < (4,)


def test_container_copies_only_what_the_app_needs() -> None:
    copied = [line.split() for line in every("COPY")]
    assert {source for source, _ in copied} == {"requirements.txt", ".streamlit", "core", "lessons", "app"}
    assert all((ROOT / source).exists() and target in (source, ".") for source, target in copied)


def test_container_serves_others_with_writable_store() -> None:
    words = json.loads(every("CMD")[0])
    known(words)
    assert words[words.index("--server.address") + 1] == "0.0.0.0"
    (volume,) = every("VOLUME")
    assert every("ENV") == [f"HEADSTART_STORE={volume}"] and f"chown learner {volume}" in every("RUN")[-1]
    assert every("USER") == ["learner"]


def test_commands_in_the_doc_name_existing_things() -> None:
    lines = re.findall(r"(?:^ {4}|`)(\S*python -m streamlit run [^`\n]*)", DEPLOYING, re.MULTILINE)
    assert len(lines) >= 3
    for line in lines:
        known(shlex.split(line))
    assert DEPLOYING.count("docs/Containerfile") >= 2


def test_the_proxy_lets_the_largest_bundle_through() -> None:
    from core.bundles.bundle import LARGEST

    allowed = re.search(r"client_max_body_size (\d+)m;", DEPLOYING)
    assert allowed and LARGEST < int(allowed[1]) * 2**20 < LARGEST * 1.1
