"""Installs what the app needs, after one sentence about its size. CUDA's gigabytes are not downloaded unless
requested.

    python -m core.fetch.install requirements.txt [CUDA=yes]

It runs before anything is installed, so it needs only Python. pip says in advance what it would install. If PyTorch's
build for processors is available (a version with +cpu), it is used, although pip itself prefers a build for CUDA.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

PIP = [sys.executable, "-m", "pip", "install", "--disable-pip-version-check"]
CUDA = re.compile(r"(nvidia|cuda|triton)(-|_|$)|pytorch[-_]triton", re.IGNORECASE)  # names of packages for CUDA
Packages = dict[str, str]  # versions by name


def would_bring(*asked: str, aloud: bool = True) -> Packages | None:
    """Returns what pip would install, without downloading it. Returns None if pip cannot install it; pip then says
    why, unless `aloud` is false."""
    with TemporaryDirectory() as folder:
        report = Path(folder, "report.json")
        command = [*PIP, "-qq", "--dry-run", "--report", str(report), *asked]
        if subprocess.run(command, stderr=None if aloud else subprocess.DEVNULL).returncode:
            return None
        return packages(json.loads(report.read_text("utf-8")))


def packages(report: dict[str, list[dict[str, dict[str, str]]]]) -> Packages:
    """Reads the packages from pip's installation report, version 1."""
    return {one["metadata"]["name"]: one["metadata"]["version"] for one in report["install"]}


def with_cuda(found: Packages) -> list[str]:
    """Returns the packages that only serve a graphics card."""
    named = [name for name in found if CUDA.match(name)]
    return named or [name for name in ("torch",) if "+cu" in found.get(name, "")]


def says(found: Packages) -> str:
    """Says in one sentence how much is downloaded, and which PyTorch."""
    many = f"{len(found)} package{'s' * (len(found) != 1)}"
    if "torch" not in found:
        return f"Fetching {many}."
    if cuda := with_cuda(found):
        return f"Fetching {many}, several GB: PyTorch {found['torch']} with {', '.join(cuda)}."
    return f"Fetching {many}, some 1.8 GB when installed: the largest is PyTorch {found['torch']}, without CUDA."


def refusal(found: Packages) -> str:
    """Says what to do instead, if only CUDA's build is available."""
    version = found.get("torch", "").partition("+")[0]
    return (
        f"Nothing was fetched: pip would bring several GB for graphics cards ({', '.join(with_cuda(found))}), which "
        f"the app does not use. Install PyTorch {version}'s processor build (CPU) with {sys.executable} -m pip, as "
        "PyTorch's own site shows, then start this again; or add CUDA=yes to take them all the same."
    )


def main(requirements: str, cuda: str = "") -> int:
    """Installs the requirements, and returns the exit code of the process."""
    asked = ["--requirement", requirements]
    found = would_bring(*asked)
    if found and with_cuda(found) and cuda != "CUDA=yes":
        exact = f"torch=={found['torch'].partition('+')[0]}+cpu" if "torch" in found else ""
        lighter = would_bring(*asked, exact, aloud=False) if exact else None
        if lighter is None or with_cuda(lighter):
            print(refusal(found), file=sys.stderr)
            return 1
        found, asked = lighter, [*asked, exact]
    if found is None:
        return 1
    if found:
        print(says(found), flush=True)
        return subprocess.run([*PIP, "--quiet", *asked]).returncode
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
