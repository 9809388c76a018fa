"""Lists where every example comes from, under which terms, and whether it is on this machine.

The page shows core/fetch/sources.toml.
"""

from __future__ import annotations

import streamlit as st

from core.fetch.sources import PLACES, SOURCES, Source

TITLE = "Data and licences"
HERE = {"ships": "Ships with the app", "package": "Comes with a package", "brought": "Downloaded at set-up"}


def show() -> None:
    """Draws the sources by their kind."""
    st.title(TITLE, anchor=False)
    st.markdown(
        "The nets in this app learn from the pictures and texts below. Only the points, lines and shapes are made up "
        "by the app itself. For each dataset you see where it comes from, under which terms you may use it, and "
        "whether it is on this machine. The app downloads nothing while it runs."
    )
    commands = [source.command for source in SOURCES if source.command and source.size() is None]
    if commands:
        said = ", ".join(f"`{one}`" for one in dict.fromkeys(commands))
        st.info(f"Some optional datasets are missing. To download them, run {said} in Headstart's folder.")
    for kind in dict.fromkeys(source.kind for source in SOURCES):
        st.subheader(kind, anchor=False)
        for source in SOURCES:
            if source.kind == kind:
                card(source)


def card(source: Source) -> None:
    """Draws one source."""
    size = source.size()
    with st.container(border=True):
        st.markdown(f"**{source.name}.** {source.what}.")
        with st.container(horizontal=True):
            st.badge(HERE[source.place], color="gray", icon=":material/inventory_2:", help=PLACES[source.place])
            if size is None:
                st.badge("Not on this machine", color="orange", icon=":material/cancel:")
            else:
                st.badge(f"On this machine, {amount(size)}", color="green", icon=":material/check_circle:")
        st.markdown(f"{source.origin} · {source.terms}")
        if size is None and source.command:
            st.code(source.command, language="bash")
        if source.note:
            st.caption(source.note)


def amount(size: int) -> str:
    """Returns a number of bytes in MB or kB."""
    return f"{size / 1e6:.1f} MB" if size >= 1e6 else f"{size / 1e3:.0f} kB"
