"""Draws everything about one run of the sandbox, and what a learner can do with it. All pages use this function."""

from __future__ import annotations

import json

import pandas as pd
import streamlit as st

from app.beats.take_home import take_home
from core.experiment.spec import Run, digest, to_json
from lessons.kit.results.evidence import points
from lessons.kit.sandbox.dials import option_text
from lessons.kit.sandbox.experiment import describe_run, describe_task
from lessons.kit.sandbox.results import row
from lessons.ways_to_remember.machine import pasts


def details(run: Run, name: str) -> None:
    """Draws what the run is, what it found, and where it began. If you add an action on a run, call it here."""
    said = describe_run(run)
    st.markdown(f"{said[0].upper()}{said[1:]}.")
    table = points(run)
    found = row(name, run, table)
    unit = found.pop("unit", "")
    facts = {key: option_text(value) for key, value in found.items() if value is not None and key != "name"}
    facts |= {key: f"{facts[key]} {unit}" for key in ("new task", "± over nets", "old skill") if key in facts}
    st.table(pd.DataFrame({"": facts}), hide_header=True)
    if pasts.takes(run):
        st.markdown(f":material/history: [Open it in the time machine](time?time.past={pasts.text(run)})")
    with st.expander("Every test"):
        st.dataframe(table, height=240, hide_index=True)
    with st.expander("Take it home", icon=":material/download:"):
        take_home(run, "details")
    with st.expander("The description of this run as JSON"):
        st.caption("This text describes the run completely. The app stores the run under the digest of this text.")
        lineage = [f"`{digest(one)}` {describe_task(one.task)}" for one in run.lineage()]
        st.markdown(" after ".join(lineage))
        st.code(json.dumps(to_json(run), indent=1), language="json", height=240)
