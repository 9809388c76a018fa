"""Encodings of files: what a file says, which files are ambiguous, and which are no text."""

from __future__ import annotations

import pytest

from core.experiment.checks import BadValue
from core.user_data import encoding

RUSSIAN = "Утром мы шли по дороге и считали птиц. Ветер дул с моря, и вода была холодной весь день. "
GREEK = "Το πρωί περπατούσαμε στον δρόμο και μετρούσαμε τα πουλιά. Ο άνεμος φυσούσε από τη θάλασσα. "
HEBREW = "בבוקר הלכנו בדרך וספרנו ציפורים. הרוח נשבה מן הים והמים היו קרים כל היום. "
CHINESE = "早上我们走在路上数着鸟。风从海上吹来，水一整天都很冷。后来下雨了，我们穿过森林回家。"
TAIWAN = "早上我們走在路上數著鳥。風從海上吹來，水一整天都很冷。後來下雨了，我們穿過森林回家。"
JAPANESE = "朝、私たちは道を歩いて鳥を数えた。風が海から吹いて、水は一日中冷たかった。それから雨が降った。"
KOREAN = "아침에 우리는 길을 걸으며 새를 세었다. 바람이 바다에서 불어왔고 물은 하루 종일 차가웠다. "
GERMAN = "Die Straße ist groß, und draußen grüßt Käthe den Fußgänger: Öl, Ärger, Übermaß. "
POLISH = "Zażółć gęślą jaźń. Rano szliśmy drogą i liczyliśmy ptaki, a woda była zimna przez cały dzień. "
FRENCH = "Le garçon a été élevé à la forêt où il était né. Ça va très bien, merci à tous les élèves. "
WIDE = ("utf_8", "utf-8-sig", "utf-16", "utf-32", "utf_16_le", "utf_16_be", "utf_32_le")


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        (RUSSIAN, ("cp1251", "koi8_r", "cp866", "iso8859_5", *WIDE)),
        (GREEK, ("cp1253", "iso8859_7", *WIDE)),
        (HEBREW, ("cp1255", "iso8859_8", *WIDE)),
        (CHINESE, ("gb18030", "gbk", "gb2312", *WIDE)),
        (TAIWAN, ("big5", *WIDE)),
        (JAPANESE, ("shift_jis", "cp932", "euc_jp", "iso2022_jp", *WIDE)),
        (KOREAN, ("euc_kr", "cp949", *WIDE)),
        (GERMAN, ("latin_1", "cp1252", "mac_roman", *WIDE)),
        (POLISH, ("cp1250", "iso8859_2", *WIDE)),
        (FRENCH, ("latin_1", "cp1252", "mac_roman", *WIDE)),
        ("it’s “fine” — really…\n", ("cp1252", *WIDE)),
        ("x,y,kind\n1,2,a\n", WIDE),
    ],
    ids=["ru", "el", "he", "zh", "tw", "ja", "ko", "de", "pl", "fr", "signs", "ASCII"],
)
def test_paragraph_is_read_in_every_encoding(text: str, codes: tuple[str, ...]) -> None:
    for code in codes:
        (found,) = encoding.readings((text * 20).encode(code))
        assert found.text == text * 20 and not found.lost, code


@pytest.mark.parametrize("text", [RUSSIAN, GREEK, CHINESE, GERMAN], ids=["ru", "el", "zh", "de"])
@pytest.mark.parametrize("stray", [b"\xff", b"\x80", b"\xe4", b"\xc3"])
def test_bad_bytes_cost_only_themselves(text: str, stray: bytes) -> None:
    """The rest of the UTF-8 file is read."""
    data = text.encode()
    at = len(text[:20].encode())
    found = encoding.decode(data[:at] + stray + data[at:] + stray)
    assert found.text.replace(encoding.LOST, "") == text and found.lost == 2
    assert found.says.endswith("2 bytes could not be read.") and "Read as UTF-8: “" in found.says


@pytest.mark.parametrize("stray", [b"\xff", b"\x81", b"\xfe"])
def test_a_stray_byte_among_ascii_is_no_letter(stray: bytes) -> None:
    (found,) = encoding.readings(b"It was a dark night. " * 9 + stray + b"It was cold. " * 9)
    assert found.encoding == "utf_8" and found.lost == 1


def test_a_reading_shows_the_first_line_that_tells() -> None:
    found = encoding.decode(f"x;y;z\n\n{RUSSIAN}".encode("cp1251"))
    assert found.says == f"Read as Windows-1251 (Cyrillic): “{RUSSIAN[:59].rstrip()}…”."
    assert encoding.decode(b"\n\nfirst\nsecond").opening == "first"
    assert encoding.decode(b"").opening == ""


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("x,y,kind\n1,2,זכר\n1,3,נקבה\n", "cp1255"),
        ("x,y,kind\n1,2,猫\n1,3,犬\n", "cp932"),
        ("x,y,kind\n1,2,남자\n1,3,여자\n", "euc_kr"),
        ("x,y,kind\n1,2,高\n1,3,低\n", "gbk"),
        ("x,y,kind\n1,2,ναι\n1,3,όχι\n", "cp1253"),
    ],
)
def test_a_person_is_asked_about_two_short_words(text: str, code: str) -> None:
    found = encoding.readings((text * 30).encode(code))
    assert len(found) > 1 and text * 30 in [one.text for one in found]
    assert len({one.opening for one in found}) == len(found)  # one can tell them apart
    right = next(one.encoding for one in found if one.text == text * 30)
    assert encoding.decode((text * 30).encode(code), right).text == text * 30


@pytest.mark.parametrize("word", ["Käse", "größer", "frappé", "20 °C", "5 µm"])
def test_one_western_word_is_read_without_asking(word: str) -> None:
    (found,) = encoding.readings(f"x,y,kind\n1,2,{word}\n".encode("cp1252"))
    assert word in found.text


@pytest.mark.parametrize(
    "data", [bytes(range(256)) * 9, b"\x89PNG\r\n\x1a\n\x00\x00\x00", b"PK\x03\x04\x14\x00\x00", b"%PDF-1.7\x00\x01"]
)
def test_what_is_no_text_is_refused(data: bytes) -> None:
    with pytest.raises(BadValue, match="not plain text"):
        encoding.decode(data)


def test_an_encoding_of_nobody_is_refused() -> None:
    with pytest.raises(BadValue, match="does not know this encoding"):
        encoding.decode(b"abc", "rot13")
