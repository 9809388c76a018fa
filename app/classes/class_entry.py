"""The ways into a class: the link with an address that others in the network can open, and the short code that a
learner types. What is set in a class is app/classes/class_session.py's affair."""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit, urlunsplit

import streamlit as st
from streamlit import config

from app.state import url_state
from app.state.engine import me
from core.experiment.checks import BadValue
from core.serve.lan_address import in_container, is_loopback, lan_addresses
from lessons.kit.classes.class_plan import Plan, join

PAGE = "join"  # its address
TYPED = 20  # characters that a field for a code takes


def entry(plan: Plan) -> dict[str, str]:
    """What the URL of the lesson says for a learner of this class: the class, and what the teacher has set for them."""
    values = {url_state.CLASS: plan.code, url_state.BEAT.name: plan.beat}
    values |= {name: text for name, text in plan.values.items() if name not in plan.held}
    return {url_state.key(plan.lesson, name): text for name, text in values.items()}


def link(plan: Plan) -> str:
    """What learners open: the lesson's own address, with what it says for them."""
    return f"{base()}{plan.lesson}?{urlencode(entry(plan))}"


def base() -> str:
    """The app's address for others. It is the one in this browser, except where that one is of this machine alone: then
    it is this machine's address in its network, if it has one and the server listens there."""
    at = urlsplit(st.context.url or "")
    if not at.netloc:
        return "/"
    host, reachable = at.hostname or "", server_addresses()
    if is_loopback(host) and reachable:
        host = reachable[0]
    port = f":{at.port}" if at.port else ""
    netloc = f"[{host}]{port}" if ":" in host else f"{host}{port}"
    return urlunsplit((at.scheme, netloc, at.path.rpartition("/")[0] + "/", "", ""))


def server_addresses() -> list[str]:
    """This machine's addresses in its networks at which the server answers."""
    only = server_address()
    if not only or only in ("0.0.0.0", "::"):
        return lan_addresses()
    return [] if is_loopback(only) else [only]


def server_address() -> str:
    """The one address at which this server was told to answer; empty if it answers at all of them."""
    return config.get_option("server.address") or ""


def typed_address() -> str:
    """Where a learner types the code, as short as can be typed."""
    return base().partition("://")[2] + PAGE


def how_to_reach() -> None:
    """Says what to do if learners cannot open the link, by what is known of the way to this server."""
    here = is_loopback(urlsplit(st.context.url or "").hostname or "")
    only, others = server_address(), server_addresses()
    if here and not others:
        reason = f"it was started with `--server.address {only}`" if only else "it is in no network"
        st.warning(
            f"Only this computer can open the link, because {reason}. Connect it to your learners' network, and start "
            "the app with `--server.address 0.0.0.0`."
        )
        return
    with st.expander("If learners cannot open it", icon=":material/wifi_find:"):
        port = urlsplit(base()).port
        st.markdown(
            "Their devices must be in the same network as this computer, and its firewall must let them in"
            + (f" at port {port}." if port else ".")
            + " Guest networks often keep devices apart: then use another network, or a hotspot of your own."
        )
        if here and others[1:]:
            st.markdown(f"This computer has other addresses too: {', '.join(others[1:])}. Try them in the link.")
        if here and in_container():
            st.markdown(
                "This server runs in a container. If the address does not open, take the address of the machine that "
                "runs the container."
            )


def join_here(place: str) -> None:
    """A field for a short code; the right one leads into its class."""
    with (
        st.form(f"{place}.join", border=False),
        st.container(horizontal=True, vertical_alignment="bottom", key="join"),
    ):
        typed = st.text_input(
            "Join a class", key=f"{place}.code", placeholder="Code from your teacher", max_chars=TYPED, width=220
        )
        pressed = st.form_submit_button("Join", icon=":material/login:")
    if pressed:
        try:
            plan = join(typed, me()[1], st.context.ip_address or "")
        except BadValue as error:
            st.warning(str(error))
            return
        page = st.Page(lambda: None, title=plan.lesson, url_path=plan.lesson)  # Streamlit knows pages by their address
        st.switch_page(page, query_params=entry(plan))
