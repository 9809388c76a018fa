"""Shows every claim with its receipt: the result of our runs, its interval and conditions, and the paper's result.

The page does not compute anything, because the findings are stored with the app (lessons/kit/shipping/findings.py).
It is the only page that shows the code of a claim.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape
from itertools import groupby
from pathlib import Path

import streamlit as st

from app.beats.claim_badge import BADGES
from app.beats.lesson_text import to_lesson
from app.beats.search import fits, search
from app.state import setting_widgets, url_state
from lessons.kit.figures.interval_cell import interval_cell, number
from lessons.kit.lesson.catalogue import Claim, Finding, Lesson, claims, lessons
from lessons.kit.model.values import Control
from lessons.kit.shipping.claims import Missing, shipped

TITLE = "The evidence"
STYLE = Path(__file__).parent / "styles" / "evidence.css"
ALL = "all"
MARKS = {"reproduced": "✓", "partly": "◐", "not": "✗"}
LESSON = Control(name="lesson", label="Lesson", options=(ALL, *lessons()), default=ALL, help="")
STATUS = Control(
    name="status",
    label="Result",
    options=(ALL, *BADGES),
    default=ALL,
    labels={"partly": "partly reproduced", "not": "not reproduced"},
    help="Reproduced: our runs meet every condition. Partly: they meet some of the conditions. Not: they meet none.",
)
ORDER = Control(
    name="order",
    label="Sort by",
    options=("lesson", "result", "code"),
    default="lesson",
    labels={"code": "short name"},
    help="“Result” starts with the claims that our runs did not reproduce. A short name is S10, for example.",
)
Row = tuple[Lesson, Claim, Finding | None]


def show() -> None:
    """Draws the search, the filters and the claims."""
    st.title(TITLE, anchor=False)
    st.markdown(
        "The lessons rest on published results. We repeated each of them with small nets, and wrote down the "
        "conditions for success before we ran anything. Each row says what our nets did. ✓ means that our runs meet "
        "every condition, ◐ that they meet some, and ✗ that they meet none. The dot is the measured value, and the "
        "thick line is its 95 % interval over seeds. The thin upright line marks “no difference”. Open a row to read "
        "the conditions and what the paper found."
    )
    with st.container(horizontal=True):
        words = search("evidence", "Search the claims", "forgetting, Kumar or S10")
        lesson = choose_lesson(url_state.setting("evidence", LESSON))
    with st.container(horizontal=True):
        status, order = (url_state.setting("evidence", control) for control in (STATUS, ORDER))
        setting_widgets.widget("evidence", STATUS, status)
        setting_widgets.widget("evidence", ORDER, order)
    found = [row for row in rows() if matches(row, words, lesson, status)]
    st.caption(status_counts(found))
    if not found:
        st.info("No claim fits this search. Remove a word, or choose all lessons and all results.")
        return
    st.html(STYLE)
    st.html("".join(groups(found, order)))


def choose_lesson(slug: str) -> str:
    """Draws the filter by lesson."""
    at = url_state.key("evidence", LESSON.name)
    names = {ALL: "All lessons"} | {each.slug: f"{each.number}. {each.title}" for each in lessons().values()}
    st.session_state[at] = slug
    st.selectbox(
        LESSON.label,
        LESSON.options,
        key=at,
        format_func=lambda option: names[option],
        on_change=lambda: url_state.change("evidence", LESSON, st.session_state[at]),
    )
    return slug


def rows() -> list[Row]:
    """Returns every claim with its lesson and its finding."""
    return [(lesson, claim, finding(claim)) for lesson, claim in claims().values()]


def finding(claim: Claim) -> Finding | None:
    """Returns the stored finding of a claim, or None if there is none."""
    try:
        return shipped(claim.id)
    except Missing:
        return None


def statement(claim: Claim, found: Finding) -> str:
    """Returns the statement of a claim with its numbers."""
    return claim.statement.format(**found.numbers)


def matches(row: Row, words: str, lesson: str, status: str) -> bool:
    """Returns whether a claim passes the search and the filters. A search for a claim's code finds only that claim."""
    of, claim, found = row
    if lesson not in (ALL, of.slug) or (status != ALL and (found is None or found.status != status)):
        return False
    if words.casefold() in map(str.casefold, claims()):
        return words.casefold() == claim.id.casefold()
    said = statement(claim, found) if found else ""
    return fits(words, claim.id, said, claim.statistic, claim.bar, claim.paper, claim.paper_found, of.title)


def status_counts(found: list[Row]) -> str:
    """Returns how many claims are shown, and how many of them have each result."""
    have = [each.status for _, _, each in found if each]
    parts = [f"{have.count(status)} {label.lower()}" for status, (label, _) in BADGES.items() if status in have]
    return f"{len(found)} of {len(claims())} claims: {', '.join(parts)}." if parts else f"{len(found)} claims."


def groups(found: list[Row], order: str) -> Iterable[str]:
    """Yields the claims as HTML. If they are sorted by lesson or by result, each group has a heading."""

    def place(row: Row) -> tuple[int, str]:
        of, _, each = row
        if order == "result":
            status = each.status if each else "not"
            return -list(BADGES).index(status), BADGES[status][0]
        return (of.number, f"Lesson {of.number}: {of.title}") if order == "lesson" else (0, "")

    alone = len(found) == 1
    ordered = sorted(found, key=lambda row: (*place(row), by_code(row[1].id)))
    for (_, heading), several in groupby(ordered, key=place):
        inside = "".join(row_html(*row, opened=alone) for row in several)
        yield f'<section class="evidence">{f"<h3>{escape(heading)}</h3>" if heading else ""}{inside}</section>'


def by_code(code: str) -> tuple[str, int, str]:
    """Returns a sort key that puts S2 before S10, and S11 before S11b."""
    letters, digits, rest = re.findall(r"(\D+)(\d+)(\D*)", code)[0]
    return letters, int(digits), rest


def row_html(lesson: Lesson, claim: Claim, found: Finding | None, opened: bool) -> str:
    """Returns one claim as HTML. Its receipt opens in the browser, without a request to the server."""
    if found is None:
        how = "The runs of this claim are not stored. <code>make shipped</code> computes them."
        return f"<p><code>{claim.id}</code> {how}</p>"
    label, _ = BADGES[found.status]
    checks = "".join(
        f'<li class="{"met" if check.met else "unmet"}"><b>{"✓ Met" if check.met else "✗ Not met"}:</b> '
        f"{escape(check.says)}</li>"
        for check in found.checks
    )
    factor = re.match(r"(how many )?times\b", claim.statistic, re.IGNORECASE)
    none = 1.0 if factor else 0.0  # a factor of one means no difference
    says = escape(claim.statistic[0].upper() + claim.statistic[1:])
    link = to_lesson(lesson)
    mark = f'<span class="status {found.status}" title="{label}" role="img" aria-label="{label}">{MARKS[found.status]}'
    drawn = interval_cell(found.value, found.low, found.high, none)
    return f"""<details{" open" if opened else ""}><summary>{mark}</span><code>{claim.id}</code>
<span class="says">{escape(statement(claim, found))}<small>Measured: {escape(claim.statistic)}</small></span>{drawn}
<b class="value">{number(found.value)}</b></summary>
<dl><dt>Result</dt><dd><span class="status {found.status}">{MARKS[found.status]} {label}</span></dd>
<dt>Measured</dt><dd>{says}: <b>{number(found.value)}</b>, 95 % interval {number(found.low)} to
{number(found.high)}</dd>
<dt>Conditions</dt><dd>{escape(claim.bar[0].upper() + claim.bar[1:])}<ul>{checks}</ul></dd>
<dt>In the paper</dt><dd>{escape(claim.paper_found)} <cite>{escape(claim.paper)}</cite></dd>
<dt>Shown in</dt><dd>{link}</dd>
<dt>Check it</dt><dd><code>python -m lessons.claims {claim.id} --check</code> trains all these nets again from new
seeds.</dd></dl>
</details>"""
