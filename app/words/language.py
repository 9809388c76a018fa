"""Which language a learner reads: what the URL asks for, or else the session, or else their browser."""

from __future__ import annotations

from collections.abc import Iterator

import streamlit as st
from streamlit.runtime.scriptrunner_utils.script_run_context import ScriptRunContext, get_script_run_ctx

LANGUAGES = {"en": "English", "de": "Deutsch"}
OWN = "en"  # in which all is written
AT = "lang"  # in the URL and the session
LINKED = "lang of links"  # in the session: what links to other pages must say, because the browser does not
# For who has the page read out: Streamlit's own page says that it is in English.
_DOCUMENT = st.components.v2.component(
    "headstart_language",
    html="<i></i>",
    js="export default ({ data }) => { document.documentElement.lang = data.language }",
)


def language() -> str:
    """Of the learner who is looking at the page that is drawn now."""
    context = get_script_run_ctx(suppress_warning=True)
    return spoken_by(context) if context else OWN


def spoken_by(context: ScriptRunContext, at: str = AT, unknown: str = OWN) -> str:
    try:
        return str(context.session_state[at])
    except KeyError:
        return unknown


def settle() -> None:
    """Read it anew with every page. One that is not the browser's own stands in the URL, so that a link keeps it."""
    asked, browsers = st.query_params.get(AT), (st.context.locale or OWN)[:2]
    if asked is not None and asked not in LANGUAGES:
        spoken = " and ".join(f"{name} ({AT}={code})" for code, name in LANGUAGES.items())
        st.warning(f"Headstart speaks {spoken} only.", icon=":material/link_off:")
        del st.query_params[AT]
        asked = None
    own = browsers if browsers in LANGUAGES else OWN
    st.session_state[AT] = now = asked or st.session_state.get(AT, own)
    st.session_state[LINKED] = now if now != own else ""
    if now != own and asked is None:
        st.query_params[AT] = now
    if now != OWN:
        _DOCUMENT(data={"language": now}, key="language", height=1)


def others() -> Iterator[tuple[str, str]]:
    """The languages that the page could be read in, by their code."""
    return ((code, name) for code, name in LANGUAGES.items() if code != language())
