"""Scores how much a text looks like a language that people write. Does not depend on files or torch.

The score looks only at characters outside ASCII: which letters they are, how common each is in a language, and which
characters are next to them. The right reading of a file scores about 1, and a wrong one usually scores below 0.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise

MOST = 6_000  # the most characters outside ASCII that are used
# Letters outside ASCII by language, in lower case. In scripts other than Latin, they are in the order of their
# frequency, the commonest first.
LATIN = {
    "German": "äöüß", "French": "éèêëàâçîïôùûüœæÿ", "Spanish": "áéíóúñü", "Portuguese": "áâãàçéêíóôõú",
    "Italian": "àèéìòù", "Catalan": "àçèéíïòóúü", "Dutch": "éëïöüèê", "Swedish": "åäöé", "Danish": "æøåé",
    "Icelandic": "áðéíóúýþæö", "Polish": "ąćęłńóśźż", "Czech": "áčďéěíňóřšťúůýž", "Slovak": "áäčďéíĺľňóôŕšťúýž",
    "Hungarian": "áéíóöőúüű", "Romanian": "ăâîșțşţ", "Croatian": "čćđšž", "Turkish": "çğıöşüâîiİ",
    "Lithuanian": "ąčęėįšųūž", "Latvian": "āčēģīķļņšūž", "Estonian": "äõöüšž",
}  # fmt: skip
USED = {
    "Russian": "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё", "Ukrainian": "оанивіертскмлдупязьбгчйхїцжюєшфщґ",
    "Bulgarian": "аоиетнрсвлпкдмзъугбчцяжщйхшфюьѝ", "Serbian": "аоиенрстјкувдмпзлгбчцшжњљћхђфџ",
    "Greek": "αοιετνσςρκπμλυηγδωχθφβξζψίάόέήύώϊϋΐΰ", "Hebrew": "יוהלאתרבמשנעדחקפםכגטסצןזךףץ",
    "Arabic": "اليمنرتبةعدسفهكقحجشطصخذضغثزظأءىإئآؤ", "Thai": "านรกอเงมยลวดทสตะปบคหแจพชขใไโผฉธณถฟศซภษญฎฏฐฑฒฬฮฆฌฃฅ",
}  # fmt: skip
SCRIPTS = {
    "CYRILLIC": "Cyrillic", "GREEK": "Greek", "HEBREW": "Hebrew", "ARABIC": "Arabic", "THAI": "Thai", "LATIN": "Latin",
    "HIRAGANA": "Kana", "KATAKANA": "Kana", "HANGUL": "Hangul", "CJK": "Han",
}  # fmt: skip
HAN = frozenset(
    "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家"
    "這個們來為國說時會對過發後裡學還沒樣經長開間書車東見問題應當實現從無動員電話買賣頭體點萬與處分"
    "种類种类長短数量品号番色形日本月年事者新高小三今思気言見食車白黒赤青春夏秋冬朝夜雨花山川水火木金土手目口心犬猫魚鳥名前何彼私僕君女男父母"
)
ZONES = {  # of East Asian encodings: a codec whose first byte tells the row of a letter, and the rows of common letters
    "gb18030": ("gb2312", range(0xB0, 0xD8)), "big5hkscs": ("big5", range(0xA4, 0xC7)),
    "cp932": ("euc_jp", range(0xB0, 0xD0)), "euc_jp": ("euc_jp", range(0xB0, 0xD0)),
    "cp949": ("euc_kr", range(0xB0, 0xC9)),
}  # fmt: skip
BETWEEN = frozenset("’'‘·‐-\u00ad")  # signs that may occur within a word
TYPED = frozenset("’‘“”„«»–—…\u00a0€£°§№·、。，！？；：「」『』（）《》・ー～×µ±½²³")  # signs that people type
UNITS = frozenset("°µ€£²³")
CLOSING = frozenset("”»…²³½")  # signs that no word begins with
VOWELS = {"Cyrillic": "аеёиоуыэюяіїєьъй", "Greek": "αειηουωάέήίόύώϊϋΐΰ"}
FINAL = frozenset("ςםןץףך")  # letters that occur only at the end of a word
LATER = frozenset("ьъыЬЪЫ")  # letters that no word begins with
PRIOR = {  # prior score of an encoding, which counts less the more characters there are
    "cp1252": 0.6, "cp1251": 0.2, "iso8859_2": -0.2, "iso8859_5": -0.2, "cp850": -1.0, "cp866": -0.3,
    "cp1254": -0.2, "cp1257": -0.5, "cp1256": -0.2, "cp874": -0.6, "mac_roman": -0.2, "gb18030": -0.3,
    "big5hkscs": -0.5, "cp932": -0.4, "euc_jp": -0.5, "cp949": -0.6,
}  # fmt: skip


@dataclass(frozen=True)
class Score:
    """Says how plausible a text is."""

    mean: float  # from about -3 to 1.3
    signs: int  # number of characters outside ASCII on which the score is based


def score(text: str, encoding: str = "", every: bool = False) -> Score:
    """Scores a text that an encoding has produced. With `every`, ASCII letters count too, as in wide encodings."""
    alphabet = alphabet_of(text)
    total, signs, crowded = 0.0, 0, 0
    for before, sign in pairwise(f" {text}"):
        if sign.isascii():
            crowded = 0
            if every and sign.isalnum():
                total, signs = total + 0.7, signs + 1
            elif sign.isalpha() and not before.isascii():
                total += neighbour_penalty(before, sign)
            continue
        crowded = crowded + 1 if script(sign) in VOWELS and sign.lower() not in VOWELS[script(sign)] else 0
        total += weight(sign, encoding, alphabet) + neighbour_penalty(before, sign) - 0.4 * (crowded > 2)
        signs += 1
        if signs >= MOST:
            break
    if alphabet == USED["Greek"] and signs > 20 and not any(sign in "άέήίόύώ" for sign in text):
        total -= 0.4 * signs
    return Score(total / max(1, signs) + PRIOR.get(encoding, 0.0) / max(1, signs) ** 0.5, signs)


def alphabet_of(text: str) -> str:
    """Returns the letters of the language that fits the text best."""
    counts = Counter(sign.lower()[0] for sign in text if not sign.isascii() and sign.isalpha())
    if not counts:
        return ""
    common = Counter({script(letter): 0 for letter in counts})
    for letter, count in counts.items():
        common[script(letter)] += count
    tables = LATIN if common.most_common(1)[0][0] == "Latin" else USED
    return max(tables.values(), key=lambda letters: sum(worth(letter, letters) * n for letter, n in counts.items()))


@cache
def worth(letter: str, alphabet: str) -> float:
    """Returns the score of a letter. In scripts other than Latin, common letters score higher than rare ones."""
    if letter not in alphabet:
        return -0.8
    if script(letter) == "Latin":
        return 1.0
    return 1.5 - 2.2 * alphabet.index(letter) / len(alphabet)


@lru_cache(maxsize=20_000)
def weight(sign: str, encoding: str, alphabet: str) -> float:
    """Returns the score of a character, wherever it stands."""
    kind, writing = unicodedata.category(sign), script(sign)
    if sign == "\ufffd" or kind in ("Cn", "Co", "Cc", "Cs"):
        return -4.0
    if sign in TYPED:
        return 1.2 if sign in UNITS else 0.6
    if writing == "Kana":
        return -0.6 if "HALFWIDTH" in unicodedata.name(sign) else 0.2 if encoding in ("gb18030", "cp949") else 1.0
    if writing == "Hangul":
        return 1.0 if encoding in ("cp949", *WIDE_OR_NONE) and "SYLLABLE" in unicodedata.name(sign) else -0.6
    if writing == "Han":
        return han(sign, encoding)
    if kind[0] in "LM" and writing in ("Latin", *USED_SCRIPTS):
        return worth(sign.lower()[0], alphabet) - 0.2 * (encoding in ZONES)
    return -1.0 if kind[0] in "LM" else -0.6


WIDE_OR_NONE = ("", "utf_8", "utf_16_le", "utf_16_be", "utf_32_le", "utf_32_be")
USED_SCRIPTS = ("Cyrillic", "Greek", "Hebrew", "Arabic", "Thai")


def han(sign: str, encoding: str) -> float:
    """Returns the score of a Chinese character. Characters in the rows of common ones score higher, a few very common
    ones highest."""
    if sign in HAN:
        return 1.3
    if encoding in WIDE_OR_NONE:
        return 0.6 if "\u4e00" <= sign <= "\u9fff" else -1.0
    codec, rows = ZONES.get(encoding, ("", range(0)))
    try:
        common = bool(codec) and sign.encode(codec)[0] in rows
    except UnicodeEncodeError:
        return -1.0
    return -0.5 if encoding == "cp949" else 0.8 if common else 0.0


def neighbour_penalty(before: str, sign: str) -> float:
    """Returns the penalty for two characters side by side: a capital within a word, two scripts in a word, or a
    symbol between letters."""
    if "µ" in (before, sign):
        return 0.0
    if not before.isalpha():
        return -1.5 if sign.isalpha() and (before in CLOSING or sign in LATER) else 0.0
    if not sign.isalpha():
        quiet = sign.isascii() or sign in BETWEEN or sign in TYPED or unicodedata.category(sign)[0] in "ZM"
        return -1.0 if before == "σ" and not sign.isdigit() else 0.0 if quiet else -0.8
    one, two = script(before), script(sign)
    if one != two and not {one, two} <= {"Han", "Kana", "Hangul"}:
        return -0.5 if {one, two} & {"Han", "Kana", "Hangul"} else -1.5
    if before in FINAL or (before.islower() and sign.isupper()):
        return -1.5
    return -0.25 if before.isupper() and sign.isupper() else 0.0


@lru_cache(maxsize=20_000)
def script(letter: str) -> str:
    """Returns the script of a letter, such as Latin, Cyrillic or Greek, or "Other"."""
    return SCRIPTS.get(unicodedata.name(letter, "other").split()[0].split("-")[0], "Other")
