"""Opens a bundle: a run from another copy of the app, whose numbers were not checked here and which is kept apart."""

from __future__ import annotations

import streamlit as st

from app.beats.take_home import take_home
from app.components.figure.figure import draw
from app.state import data_owner
from app.uploads.upload_slot import file_uploader
from core.bundles import bundle
from core.bundles.bundle import OpenedBundle
from core.experiment.checks import BadValue
from core.store import store
from core.user_data import ownership, user_data_kinds
from lessons.kit.figures.compare_runs import COLOURS, GREY, Line, Scale, compare_runs
from lessons.kit.results.evidence import table
from lessons.kit.sandbox import link_codec
from lessons.kit.sandbox.experiment import describe_run
from lessons.kit.sandbox.results import curve, ending, select_column

TITLE = "Open a bundle"
NAME, REFUSED = "bundle", "bundle.refused"  # keys in the URL and in the session


def show() -> None:
    """Draws the page: a field for a file, and the bundle that is open."""
    st.title(TITLE, anchor=False)
    st.markdown(
        "A bundle is a file with a run from another copy of Headstart. It contains the curves and the weights of the "
        "run. To make one, open “Take it home” on a page with a finished run."
    )
    most = bundle.LARGEST // 10**6
    file_uploader(f"A bundle (at most {most} MB)", "bundle.file", most, lambda file: take(file.getvalue()), ["zip"])
    if refused := st.session_state.get(REFUSED):
        st.warning(refused)
    elif name := st.query_params.get(NAME):
        if brought := bundle.load(name):
            look_at(brought)
        else:
            st.warning("This bundle is not on this machine. Upload its file.")


def take(data: bytes) -> None:
    """Opens a bundle and shows it. If the file is invalid, a sentence says why until another file is opened."""
    st.session_state.pop(REFUSED, None)
    try:
        there = {own for own, _ in ownership.all_user_data()}
        name = bundle.unpack(data)
        if brought := bundle.load(name):
            for _, own in user_data_kinds.user_data_of(brought.run).values():
                # data that were here before keep their owner, because a bundle may name data without containing them
                if own not in there:
                    data_owner.claim(own)
        st.query_params[NAME] = name
    except BadValue as error:
        st.session_state[REFUSED] = str(error)


def look_at(brought: OpenedBundle) -> None:
    """Draws the run of a bundle beside the same run made here, if there is one."""
    run = brought.run
    what = describe_run(run)
    st.subheader(f"{what[0].upper()}{what[1:]}", anchor=False)
    st.badge("From a bundle, not checked here", icon=":material/inventory_2:", color="orange")
    theirs = table(brought.events(run), run.seeds, run.first_seed)
    of = select_column(theirs, "new")
    assert of is not None
    mine = table(store.events(run), run.seeds, run.first_seed) if store.complete(run) else None
    lines = [Line(name="from the bundle", table=curve(theirs, of), colour=COLOURS[1])]
    lines += [Line(name="trained here", table=curve(mine, of), colour=GREY, dash="dash")] if mine is not None else []
    draw(compare_runs(lines, Scale(name="steps", low=0), of.scale), "bundle.picture")
    found = " ".join(f"{ending(theirs, of)[0]:.3g} {of.scale.unit}".split())
    if mine is None:
        again = f"[Train the same run here](sandbox?sandbox.run={link_codec.write(run)})"
        st.markdown(f"The bundle says that the run ends at {found}. {again} to check this.")
    elif mine[of.column].equals(theirs[of.column]):
        st.success(f"The bundle says that the run ends at {found}. The same run trained here has exactly these scores.")
    else:
        here = f"{ending(mine, of)[0]:.3g} {of.scale.unit}"
        st.warning(f"The bundle says that the run ends at {found}, but the same run trained here ends at {here}.")
    st.caption("Only people who have the bundle or the link of this page can see it. No lesson and no claim uses it.")
    take_home(run, "brought", brought)
