"""Which language a learner reads: what the URL asks for, or else the session, or else their browser."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import streamlit as st
from streamlit.runtime.scriptrunner_utils.script_run_context import ScriptRunContext, get_script_run_ctx

LANGUAGES = {"en": "English", "de": "Deutsch"}
OWN = "en"  # in which all is written
AT = "lang"  # in the URL and the session


@dataclass(frozen=True)
class Reader:
    """What a page is drawn for."""

    language: str = OWN
    linked: str = ""  # what links to other pages must ask for, because the browser does not


def language() -> str:
    """Of the learner who is looking at the page that is drawn now."""
    context = get_script_run_ctx(suppress_warning=True)
    return reader(context).language if context else OWN


def reader(context: ScriptRunContext) -> Reader:
    """Asked for with every message, so that it is noted where that is drawn; the session has it for the next."""
    known = vars(context).get(AT)
    if known is None:
        try:
            known = context.session_state[AT]
        except KeyError:
            return Reader()
        vars(context)[AT] = known
    return known


def settle() -> None:
    """Read it anew with every page. One that is not the browser's own stands in the URL, so that a link keeps it."""
    asked, browsers = st.query_params.get(AT), (st.context.locale or OWN)[:2]
    if asked is not None and asked not in LANGUAGES:
        spoken = " and ".join(f"{name} ({AT}={code})" for code, name in LANGUAGES.items())
        st.warning(f"Headstart speaks {spoken} only.", icon=":material/link_off:")
        del st.query_params[AT]
        asked = None
    own = browsers if browsers in LANGUAGES else OWN
    now = asked or st.session_state.get(AT, Reader(own)).language
    st.session_state[AT] = Reader(now, now if now != own else "")
    if context := get_script_run_ctx():
        vars(context).pop(AT, None)
    if now != own and asked is None:
        st.query_params[AT] = now


def other_languages() -> Iterator[tuple[str, str]]:
    """The languages that the page could be read in, by their code."""
    return ((code, name) for code, name in LANGUAGES.items() if code != language())
