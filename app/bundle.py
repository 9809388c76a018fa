"""Open a bundle: a run that somebody made in another copy of the app, shown as their word and kept apart."""

from __future__ import annotations

import streamlit as st

from app.parts import owner
from app.parts.figure import draw
from app.parts.given import a_file
from app.parts.take_home import take_home
from core.check import BadValue
from core.serve import along, bundle, ownership, store
from core.serve.bundle import Brought
from lessons.kit.evidence import table
from lessons.kit.figures.overlay import COLOURS, GREY, Line, Scale, overlay
from lessons.kit.sandbox import packed
from lessons.kit.sandbox.experiment import described
from lessons.kit.sandbox.results import curve, ending, shown

TITLE = "Open a bundle"
NAME, REFUSED = "bundle", "bundle.refused"  # in the URL; in the session


def show() -> None:
    st.title(TITLE, anchor=False)
    st.markdown("A bundle is a run from another copy of Headstart: its curves, its weights and what it stands on.")
    most = bundle.LARGEST // 10**6
    a_file(f"A bundle, at most {most} MB", "bundle.file", most, lambda file: take(file.getvalue()), ["zip"])
    if refused := st.session_state.get(REFUSED):
        st.warning(refused)
    elif name := st.query_params.get(NAME):
        if brought := bundle.brought(name):
            look_at(brought)
        else:
            st.warning("This bundle is not on this machine. Open its file.")


def take(data: bytes) -> None:
    """Open a bundle and go to it; where it is none, a sentence says why until another is opened."""
    st.session_state.pop(REFUSED, None)
    try:
        there = {own for own, _ in ownership.brought()}
        name = bundle.opened(data)
        if brought := bundle.brought(name):
            for _, own in along.things(brought.run).values():
                if own not in there:  # what was here before stays whose it was: a bundle may only name it
                    owner.claim(own)
        st.query_params[NAME] = name
    except BadValue as error:
        st.session_state[REFUSED] = str(error)


def look_at(brought: Brought) -> None:
    run = brought.run
    what = described(run)
    st.subheader(f"{what[0].upper()}{what[1:]}", anchor=False)
    st.badge("Brought: somebody's word", icon=":material/inventory_2:", color="orange")
    theirs = table(brought.events(run), run.seeds, run.first_seed)
    of = shown(theirs, "new")
    assert of is not None
    mine = table(store.events(run), run.seeds, run.first_seed) if store.complete(run) else None
    lines = [Line(name="brought", table=curve(theirs, of), colour=COLOURS[1])]
    lines += [Line(name="made here", table=curve(mine, of), colour=GREY, dash="dash")] if mine is not None else []
    draw(overlay(lines, Scale(name="steps", low=0), of.scale), "bundle.picture")
    found = " ".join(f"{ending(theirs, of)[0]:.3g} {of.scale.unit}".split())
    if mine is None:
        again = f"[Run the same here](sandbox?sandbox.run={packed.write(run)})"
        st.markdown(f"It says {found} at the end. {again} to see whether that is so.")
    elif mine[of.column].equals(theirs[of.column]):
        st.success(f"It says {found} at the end, and the same run made here found the very same at every test.")
    else:
        st.warning(f"It says {found} at the end; made here it was {ending(mine, of)[0]:.3g} {of.scale.unit}.")
    st.caption("Only who has the bundle or this page's address sees it. No lesson and no claim counts it.")
    take_home(run, "brought", brought)
