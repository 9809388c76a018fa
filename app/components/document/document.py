"""What every page asks of the browser's document: which language it is in, one entry of the history for each thing that
a learner does, a focus that stays where one can go on, and patience with translators. Knows no page."""

from __future__ import annotations

import streamlit as st

from app.components.assets.component_assets import scripts

_DOCUMENT = st.components.v2.component(
    "headstart_document",
    html="<i></i>",
    js=scripts("document/translators", "document/history", "document/focus", "document/document"),
)
_LANGUAGE = st.components.v2.component(
    "headstart_language",
    html="<i></i>",
    js="export default ({ data }) => { document.documentElement.lang = data.language }",
)


def document() -> None:
    """Loads what every page asks of the document, before anything of the page is drawn."""
    _DOCUMENT(key="document", height=1)


def tell_language(language: str) -> None:
    """Tells the browser the language that most of the page is in, for who has it read out or translated."""
    _LANGUAGE(data={"language": language}, key="language", height=1)
