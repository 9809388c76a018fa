"""Sets up the browser's document for every page.

It sets the language, gives each action of a learner one entry in the history, keeps the focus where the learner can
continue, and tolerates browsers that translate pages. It does not know any page.
"""

from __future__ import annotations

import streamlit as st

from app.components.assets.component_assets import scripts

_DOCUMENT = st.components.v2.component(
    "headstart_document",
    html="<i></i>",
    js=scripts(
        "assets/streamlit_selectors", "document/translators", "document/history", "document/focus", "document/document"
    ),
)
_LANGUAGE = st.components.v2.component(
    "headstart_language",
    html="<i></i>",
    js="export default ({ data }) => { document.documentElement.lang = data.language }",
)


def document() -> None:
    """Loads the scripts that every page needs, before anything else of the page is drawn."""
    _DOCUMENT(key="document", height=1)


def tell_language(language: str) -> None:
    """Tells the browser the language of most of the page, for screen readers and translators."""
    _LANGUAGE(data={"language": language}, key="language", height=1)
