"""A claim with its receipt: the statement, the badge, the bar, and what the paper found."""

from __future__ import annotations

import streamlit as st

from lessons.catalogue import Claim
from lessons.claims import Missing, shipped

BADGES = {
    "reproduced": ("Reproduced here", "green", ":material/verified:"),
    "partly": ("Partly reproduced here", "orange", ":material/contrast:"),
    "not": ("Not reproduced here", "red", ":material/cancel:"),
}


def claim_card(claim: Claim) -> None:
    with st.container(border=True):
        try:
            finding = shipped(claim.id)
        except Missing as error:
            st.warning(str(error))
            return
        label, colour, icon = BADGES[finding.status]
        st.badge(label, color=colour, icon=icon)
        st.markdown(claim.statement.format(**finding.numbers))
        st.caption(f"In the paper: {claim.paper_found} ({claim.paper})")
        with st.expander(f"The receipt ({claim.id})"):
            value = f"{finding.value:.3g}, 95 % interval over seeds {finding.low:.3g} to {finding.high:.3g}"
            st.markdown(f"{claim.statistic.capitalize()}: **{value}**.")
            for check in finding.checks:
                st.markdown(f"{':material/check: met' if check.met else ':material/close: **not met**'}: {check.says}")
            st.code(f"python -m lessons.claims {claim.id} --check", language="bash")
