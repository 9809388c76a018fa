"""Texts of the learner: which are accepted, which are refused and why, and that a net learns from them."""

from __future__ import annotations

import pytest

from core.experiment.checks import BadValue
from core.experiment.spec import Run, Stage, digest
from core.experiment.tasks import Text
from core.store import store
from core.training.report import Point
from core.training.train import train
from core.user_data import corpus
from core.worlds import text
from lessons.kit.lesson.catalogue import lessons
from tests.test_encoding import GREEK, JAPANESE, RUSSIAN
from tests.test_pages import page

LETTER = "Dear Ms Bennet, the carriage leaves at noon and the tea is cold.\n"
LETTERS = "".join(f"{k}. {LETTER}" for k in range(400))


def test_text_is_named_by_its_digest() -> None:
    one, same, other = (corpus.keep(said.encode(), "My letters.txt") for said in (LETTERS, LETTERS, LETTERS + "PS"))
    assert one == same != other
    assert one.startswith("own-myletters-")
    assert corpus.is_own_text(one) and not corpus.is_own_text("own-myletters-00000000")
    assert digest(Run(task=Text(subject=one))) != digest(Run(task=Text(subject=other)))


def test_own_text_shows_its_file_name() -> None:
    subject = corpus.keep(f"{LETTERS} one".encode(), "GPL 3.0 (short)*.txt")
    assert corpus.display_name(subject) == "GPL 3.0 (short)*.txt"
    assert corpus.display_name("own-letters-00000000") == "letters"
    assert corpus.display_name("law") == "law"


def test_a_few_foreign_words_are_no_foreign_text() -> None:
    subject = corpus.keep(f"{LETTERS} \u0434\u043e\u043c \u5bb6".encode(), "j.txt")
    assert "carriage" in corpus.documents(subject)[0]


def test_every_tenth_page_is_held_out() -> None:
    """No character is lost."""
    subject = corpus.keep(LETTERS.encode(), "a.txt")
    learned, held_out = text.documents(subject)
    assert len(held_out) == pytest.approx(len(learned) / 9, abs=1)
    assert not set(learned) & set(held_out)
    assert sum(map(len, learned + held_out)) == pytest.approx(len(LETTERS), rel=0.01)
    assert all(400 < len(one) <= 1500 for one in corpus.documents(subject)[:-1])


@pytest.mark.parametrize("size", [corpus.LEAST, 5_000, 7_777, 9_999, 10_000])
def test_short_text_has_a_test_page(size: int) -> None:
    said = (LETTERS * 2)[:size]
    subject = corpus.keep(said.encode(), "short.txt")
    learned, held_out = text.documents(subject)
    assert len(held_out) == 1 and 500 < len(held_out[0]) <= 1500 and not {*held_out} & {*learned}
    assert text.test(Text(subject=subject))[0].shape == (text.TEST, text.WINDOW)
    assert corpus.keep(corpus.write(subject).encode(), "short.txt") == subject


def test_a_text_one_character_short_is_refused() -> None:
    with pytest.raises(BadValue, match=r"3,999 characters that the nets can read\. It needs at least 4,000"):
        corpus.keep(LETTERS[: corpus.LEAST - 1].encode(), "short.txt")


def test_form_feeds_divide_documents() -> None:
    pages = tuple(f"{k} {LETTER * 16}".strip() for k in range(12))
    assert corpus.documents(corpus.keep("\f".join(pages).encode(), "b.txt")) == pages


def test_line_ends_are_alike_on_every_machine() -> None:
    unix, windows, old = (corpus.keep(LETTERS.replace("\n", end).encode(), "l.txt") for end in ("\n", "\r\n", "\r"))
    assert unix == windows == old


def test_short_documents_leave_enough_to_test_on() -> None:
    pages = ["a word", *[LETTERS[:3000]] * 4, "and one", *[LETTERS[:3000]] * 5]
    subject = corpus.keep("\f".join(pages).encode(), "m.txt")
    assert text.test(Text(subject=subject))[0].shape == (text.TEST, text.WINDOW)


def test_one_endless_line_is_cut_all_the_same() -> None:
    assert max(map(len, corpus.documents(corpus.keep(b"x" * 12_000, "c.txt")))) <= 1500
    word = corpus.keep(b"word " * 800 + b"word", "w.txt")
    assert text.test(Text(subject=word))[0].shape == (text.TEST, text.WINDOW)


@pytest.mark.parametrize("code", ["utf-8", "utf-8-sig", "cp1252"])
def test_accents_are_dropped_whatever_the_encoding(code: str) -> None:
    subject = corpus.keep(LETTERS.replace("cold", "frapp\u00e9").encode(code), "d.txt")
    assert "the tea is frappe." in corpus.documents(subject)[0]


@pytest.mark.parametrize(
    ("word", "plainly"),
    [
        ("Stra\u00dfe", "Strasse"), ("\u0141\u00f3d\u017a", "Lodz"), ("\u00d8rsted", "Orsted"),
        ("k\u0131s\u0131k", "kisik"), ("c\u0153ur", "coeur"), ("\u0110\u0111", "Dd"),
        ("\u00de\u00f3r\u00f0ur", "Thordur"),
        ("\u00e6ra", "aera"), ("\u0127\u0167\u0140", "htl"), ("\u00abja\u00bb \u2026", '"ja" ...'), ("\ufb01n", "fin"),
        ("\u2018a\u2019 \u2013 \u201eb\u201c", "'a' - \"b\""), ("\u00bfqu\u00e9?", "?que?"),
        ("non\u00a0break", "non break"),
    ],
)  # fmt: skip
def test_letters_without_an_accent_are_spelt_not_dropped(word: str, plainly: str) -> None:
    subject = corpus.keep(f"{LETTERS} {word} end".encode(), "d.txt")
    assert corpus.documents(subject)[-1].endswith(f" {plainly} end")


@pytest.mark.parametrize(
    ("header", "licence"),
    [
        ("*** START OF THE PROJECT GUTENBERG EBOOK EMMA ***", "*** END OF THE PROJECT GUTENBERG EBOOK EMMA ***"),
        ("***START OF THE PROJECT GUTENBERG EBOOK EMMA***", "***END OF THE PROJECT GUTENBERG EBOOK EMMA***"),
        ("*** START OF THIS PROJECT GUTENBERG EBOOK A LONG\nTITLE * ***", "End of the Project Gutenberg EBook of Emma"),
        ("*END*THE SMALL PRINT! FOR PUBLIC DOMAIN ETEXTS*Ver.04.29.93*END*", "End of Project Gutenberg's Emma"),
    ],
)
def test_gutenberg_licence_is_left_out(header: str, licence: str) -> None:
    around = "This ebook is for the use of anyone anywhere in the United States. Project Gutenberg.\n" * 50
    subject = corpus.keep(f"{around}{header}\n\n{LETTERS}\n{licence}\n\n{around}".encode(), "emma.txt")
    assert "anyone anywhere" not in corpus.write(subject) and "399. Dear" in corpus.write(subject)
    assert "Project Gutenberg's header and licence were left out." in corpus.describe(subject)
    old = f"{around}{header}\n\n{LETTERS}"  # from a bundle of an earlier version, which kept all
    assert "anyone anywhere" in corpus.write(corpus.keep(old.encode(), "emma.txt", again=True))


@pytest.mark.parametrize(
    ("said", "codes", "script"),
    [
        (RUSSIAN, ("utf-8", "utf-16", "cp1251", "koi8_r", "cp866"), "Cyrillic"),
        (JAPANESE, ("utf-8", "utf_16_le", "cp932", "euc_jp", "iso2022_jp"), "Japanese"),
        (GREEK, ("utf-8", "cp1253", "iso8859_7"), "Greek"),
    ],
)
def test_a_foreign_text_is_refused_in_every_encoding(said: str, codes: tuple[str, ...], script: str) -> None:
    for code in codes:
        with pytest.raises(BadValue, match=f"written in {script} letters"):
            corpus.keep((said * 300).encode(code), "f.txt")


def test_stray_byte_costs_only_itself() -> None:
    data = (LETTERS + "Stra\u00dfe und Gr\u00f6\u00dfe").encode()
    subject = corpus.keep(data[:99] + b"\xff" + data[99:], "s.txt")
    assert corpus.documents(subject)[-1].endswith("Strasse und Grosse")
    assert "1 byte could not be read." in corpus.describe(subject)


@pytest.mark.parametrize(
    "data, why",
    [
        (b"", "0 characters"),
        (b"too short", "9 characters that the nets can read"),
        (
            "\u0434\u043e\u043c ".encode() * 5000,
            "written in Cyrillic letters. The nets can read only the Latin letters",
        ),
        ("\u5bb6\u3002".encode() * 9000, "written in Chinese letters"),
        (("\u03bf\u03af\u03ba\u03bf\u03c2 " * 900 + "house " * 300).encode(), "written in Greek letters"),
        (b"%PDF-1.7\x00\x01\x02" + bytes(range(256)) * 100, "This is a PDF file. Save it as plain text"),
        (bytes(range(256)) * 100, "not plain text"),
        (b"word " * 1_100_000, "it may have at most 5,000,000"),
        (b"word " * 2_200_000, "has 10 MB, but it may have at most 10 MB"),
    ],
)
def test_unreadable_texts_are_refused(data: bytes, why: str) -> None:
    with pytest.raises(BadValue, match=why):
        corpus.keep(data, "e.bin")


def test_a_full_disk_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(store, "write_whole", full)
    with pytest.raises(BadValue, match="disk is full"):
        corpus.keep(LETTERS.encode() + b"full", "f.txt")


@pytest.mark.parametrize("subject", ["own-x-1234567", "own-../../etc-12345678", "own-x-12345678/..", "own"])
def test_unknown_subject_is_refused(subject: str) -> None:
    with pytest.raises(BadValue, match="Subject must be one of"):
        Text(subject=subject)


def test_missing_text_asks_for_its_file() -> None:
    with pytest.raises(BadValue, match=r"not on this machine\. Upload the file again"):
        text.test(Text(subject="own-gone-12345678"))


def test_damaged_text_asks_for_its_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """Choosing the file again repairs the text."""
    subject = corpus.keep(LETTERS.encode(), "cut.txt")
    whole = corpus.path(subject).read_bytes()
    for damaged in (b"", whole[:7], whole[: len(whole) // 2], whole[:-1], whole[:99] + b"x" + whole[100:], b"no text"):
        corpus.path(subject).write_bytes(damaged)
        with pytest.raises(BadValue, match=rf"The texts on {subject} are damaged\. Upload the file again\."):
            corpus.documents(subject)
    assert corpus.keep(LETTERS.encode(), "cut.txt") == subject and corpus.documents(subject)
    monkeypatch.setenv("HEADSTART_STORE", str(corpus.path(subject)))  # a file where the store should be
    with pytest.raises(BadValue, match="not on this machine"):
        corpus.documents(subject)
    with pytest.raises(BadValue, match="could not be kept"):
        corpus.keep(LETTERS.encode(), "cut.txt")


def test_a_net_learns_from_it() -> None:
    run = Run(
        task=Text(subject=corpus.keep(LETTERS.encode(), "g.txt"), kilobytes=5),
        net="transformer",
        stages=(Stage(steps=20, batch=4, rate=3e-3),),
        seeds=1,
    )
    points = [event.scores["bits"]["0"][0] for event in train(run, {}) if isinstance(event, Point)]
    assert points[-1] < points[0] - 1


@pytest.mark.usefixtures("workers_end")
def test_pasted_text_becomes_the_subject() -> None:
    """A bad text is refused with a message."""
    test = page("new_subject", beat="Run", committed="2")
    area = next(one for one in test.text_area if one.label == "Or paste a text here")
    area.set_value("far too short").run()
    (said,) = {one.value for one in test.warning}  # beside the control, and where it was given
    assert (
        "pasted text cannot be used" in said
        and "13 characters" in said
        and "You are still using **Shakespeare**" in said
    )
    area = next(one for one in test.text_area if one.label == "Or paste a text here")
    assert not area.value  # what was refused is gone
    area.set_value(LETTERS).run()
    assert not test.exception and not test.warning
    assert any("You are using **pasted text**" in one.value for one in test.success)
    assert "pasted text" in test.button_group(key="new_subject.subject").options
    subject = test.button_group(key="new_subject.subject").value
    assert corpus.is_own_text(str(subject[0] if isinstance(subject, list) else subject))
    assert any(one.label == "Train 4 nets now" for one in test.button)


@pytest.mark.usefixtures("workers_end")
def test_links_to_own_texts_work_or_say_why() -> None:
    """The link says so where the text is missing."""
    subject = corpus.keep(LETTERS.encode(), "h.txt")
    assert not page("new_subject", beat="Run", committed="2", subject=subject).warning
    said = page("new_subject", beat="Run", committed="2", subject="own-gone-12345678").error
    assert "no longer on the computer that serves this app" in said[0].value


def test_the_script_reads_the_learners_own_text() -> None:
    lesson = lessons()["new_subject"]
    subject = corpus.keep(LETTERS.encode(), "i.txt")
    text = lesson.script(lesson.defaults.but(subject=subject))
    assert f'TEXTS = ["{corpus.path(subject)}"]' in text
