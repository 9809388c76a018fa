"""Lists the texts that a reader of another language would still read in English.

`python -m app.untranslated [--language de] [--only PAGE] [--write]` draws the home page and the lessons of the path
at every beat, view and finding, from the results that ship. It lists each text that reaches the browser without a
translation, and where the text comes from. The exit code is 1 if there are any. `--write` adds them to the
translation files, empty.
"""

from __future__ import annotations

import argparse
import logging
import re
import sys
from collections.abc import Iterator
from functools import partial
from typing import Any

import polib
from streamlit.testing.v1 import AppTest

from app.i18n import outgoing_messages
from app.i18n.collect import FRAME, ROOT, Text, collected
from app.i18n.language import AT, LANGUAGES, OWN, Reader
from app.i18n.translator import Translator, translations
from core.experiment import guest_book_words as notes
from lessons.kit.lesson.catalogue import Lesson, lessons, tour
from lessons.kit.results.evidence import load_results

DATA = frozenset(notes.WORDS)  # real guest book notes and their words are not translated
MARK = re.compile("⟦(\\d+)⟧")


class Listener(Translator):
    """Records the texts that it cannot translate."""

    def __init__(self, translations: dict[str, str]):
        super().__init__(translations)
        self.unsaid: dict[str, None] = {}
        self.spoken: set[str] = set()

    def _whole(self, flat: str) -> str | None:
        return flat if set(re.findall(r"\w+", flat)) <= DATA else super()._whole(flat)

    def translate(self, text: str) -> str | None:
        """Translates a text, and records the text if it has no translation or only a rough one."""
        flat = " ".join(text.split())
        if flat in LANGUAGES.values():  # a language is always shown under its own name
            return flat
        found = super().translate(text)
        if found is None and flat not in self.spoken:
            self.unsaid[flat] = None
        elif found is not None:
            self.spoken.add(" ".join(found.split()))
            if self.whole(flat) is None and self.translate_parts(flat, 0) is None and flat not in self.spoken:
                self.unsaid[flat] = None  # the translation is rough: a part of it stays in English
        return found


def home(language: str) -> AppTest:
    """Returns a test of the home page in this language."""
    page = AppTest.from_file(str(ROOT / "app" / "main.py"), default_timeout=120)
    page.query_params[AT] = language
    return page


def of_lesson(slug: str) -> None:
    """Draws the page of a lesson. `AppTest` runs this function on its own, so it imports what it needs."""
    from app.app_pages import lesson
    from lessons.kit.lesson.catalogue import lessons

    lesson.show(lessons()[slug])


def select_lessons(only: str) -> list[Lesson]:
    """Returns the lesson with this slug, or all lessons of the tour."""
    return [lesson for lesson in lessons().values() if lesson.slug == only] if only else tour()


def pages(language: str, only: str = "") -> Iterator[tuple[str, AppTest]]:
    """Yields every page to draw, each with a name."""
    from app.state import url_state
    from lessons.kit.lesson.catalogue import BEATS
    from lessons.kit.model.values import Settings

    if only in ("", "home"):
        yield "home", home(language)
    for lesson in select_lessons(only):
        make = partial(AppTest.from_function, of_lesson, args=(lesson.slug,), default_timeout=120)
        evidence = load_results(lesson.backdrop(lesson.defaults))
        shown = lesson.views(
            evidence | load_results(lesson.runs(lesson.recorded_settings)), lesson.defaults, Settings()
        )
        states: list[dict[str, Any]] = [{"committed": "0", "pressed": "0", "beat": beat} for beat in BEATS]
        states += [{"committed": "2", "pressed": "1", "beat": beat} for beat in ("Look", "Run", "Recall")]
        seen = {"committed": "1", "pressed": "1", "beat": "Explain"} | {
            slider.name: str(slider.options[0] if slider.options else "") for slider in lesson.sliders
        }
        states += [seen | {"finding": k} for k in range(len(lesson.explained) + 1)]
        states += [seen | {"beat": beat, "view": view} for view in shown for beat in ("Run", "Explain")]
        for state in states:
            page = make()
            page.session_state[AT] = Reader(language)
            for name, value in state.items():
                if name in ("finding", "view"):
                    page.session_state[url_state.key(lesson.slug, name)] = value
                else:
                    page.query_params[url_state.key(lesson.slug, name)] = value
            if state["beat"] == "Recall":
                for k, question in enumerate(lesson.questions):
                    page.session_state[f"{lesson.slug}.question.{k}.given"] = question.right
            yield f"{lesson.slug} {state}", page


def sentences(only: str = "") -> Iterator[str]:
    """Yields the sentences that are shown while a run goes on and when it ends.

    The sentences are made from the stored runs.
    """
    for lesson in select_lessons(only):
        yield lesson.tells(load_results(lesson.runs(lesson.recorded_settings)), lesson.recorded_settings)
        if lesson.mission:
            yield lesson.mission.says


def unsaid(language: str, only: str = "") -> list[str]:
    """Returns the texts that reached the browser in English."""
    listener = Listener(translations(language))
    outgoing_messages.translator_for = lambda _: listener  # type: ignore[assignment]
    outgoing_messages.listen()
    for name, page in pages(language, only):
        page.run()
        for error in page.exception:
            raise RuntimeError(f"{name}: {error.message}")
    for text in sentences(only):
        listener.prose(text)
    return list(listener.unsaid)


def origins(texts: list[str], language: str) -> dict[Text, str]:
    """Returns the templates that the texts were made from and that have no translation, each with one of its texts."""
    known = translations(language)
    every = list({text.template: text for text in sorted(collected(), key=lambda text: text.folder == FRAME)}.values())
    marked = Translator({text.template: f"⟦{k}⟧{text.template}" for k, text in enumerate(every)})
    found: dict[Text, str] = {}
    for text in texts:
        made = [every[int(k)] for k in MARK.findall(marked.translate(text) or "")]
        new = [one for one in made if one.template not in known]
        for one in new or [Text(text, "(said in part)" if made else "(not collected)", FRAME)]:
            found.setdefault(one, text)
    return found


def write(found: dict[Text, str], language: str) -> None:
    """Adds the templates to the translation files, without a translation."""
    for folder in {text.folder for text in found}:
        path = folder / f"{language}.po"
        file = polib.pofile(str(path)) if path.exists() else polib.POFile(wrapwidth=110)
        file.metadata |= {"Content-Type": "text/plain; charset=utf-8", "Language": language}
        there = {entry.msgid for entry in file}
        for text, example in found.items():
            if text.folder == folder and text.template not in there:
                note = text.where.partition(":")[0] + (f"\n{example[:300]}" if example != text.template else "")
                file.append(polib.POEntry(msgid=text.template, msgstr="", comment=note))
        file.save(str(path))


def main() -> int:
    """Prints the texts without a translation. Returns the exit code."""
    ask = argparse.ArgumentParser(prog="python -m app.untranslated", description=__doc__.split("\n")[0])
    ask.add_argument("--language", default="de", choices=[code for code in LANGUAGES if code != OWN])
    ask.add_argument(
        "--only", default="", choices=["", "home", *lessons()], metavar="PAGE", help="home, or a lesson's slug"
    )
    ask.add_argument("--write", action="store_true", help="add what is missing to the translators' files, empty")
    given = ask.parse_args()
    logging.disable(logging.WARNING)
    missing = origins(unsaid(given.language, given.only), given.language)
    for text, example in missing.items():
        print(f"{text.where}: {text.template}" + (f"\n    {example[:160]}" if example != text.template else ""))
    if given.write:
        write(missing, given.language)
    print(f"{len(missing)} texts are not said in {LANGUAGES[given.language]}.")
    return bool(missing)


if __name__ == "__main__":
    sys.exit(main())
