"""Draws a claim with its receipt: the statement, the badge, the bar, and the result of the paper."""

from __future__ import annotations

from typing import Literal

import streamlit as st

from lessons.kit.lesson.catalogue import Claim
from lessons.kit.shipping.claims import Missing, shipped

COLOURS: dict[str, Literal["green", "orange", "red"]] = {"reproduced": "green", "partly": "orange", "not": "red"}
BADGES = {
    "reproduced": ("Reproduced here", ":material/verified:"),
    "partly": ("Partly reproduced here", ":material/contrast:"),
    "not": ("Not reproduced here", ":material/cancel:"),
}


def claim_card(claim: Claim) -> None:
    """Draws the card of a claim."""
    with st.container(border=True):
        try:
            finding = shipped(claim.id)
        except Missing as error:
            st.warning(str(error))
            return
        label, icon = BADGES[finding.status]
        st.badge(label, color=COLOURS[finding.status], icon=icon)
        st.markdown(claim.statement.format(**finding.numbers))
        st.caption(f"In the paper: {claim.paper_found} ({claim.paper})")
        with st.expander("Check it yourself"):
            value = f"{finding.value:.3g}, 95 % interval over seeds {finding.low:.3g} to {finding.high:.3g}"
            st.markdown(f"{claim.statistic[0].upper() + claim.statistic[1:]}: **{value}**.")
            for check in finding.checks:
                icon, how = (":material/check:", "met") if check.met else (":material/close:", "not met")
                st.markdown(f"{icon} **{how}**: {check.says}")
            st.code(f"python -m lessons.claims {claim.id} --check", language="bash")
