"""Defines the two ways into a class: a link that other devices in the network can open, and a short code to type.

The controls and values of a class are the subject of app/classes/class_session.py.
"""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit, urlunsplit

import streamlit as st

from app.state import url_state
from app.state.engine import me
from core.experiment.checks import BadValue
from core.serve.lan_address import in_container, is_loopback, lan_addresses
from lessons.kit.classes.class_plan import Plan, join

PAGE = "join"  # the address of the page where a code is typed
TYPED = 20  # the most characters that the code field accepts


def entry(plan: Plan) -> dict[str, str]:
    """Returns the URL parameters with which a learner of this class opens the lesson.

    They name the class and set the values that the teacher chose.
    """
    values = {url_state.CLASS: plan.code, url_state.BEAT.name: plan.beat}
    values |= {name: text for name, text in plan.values.items() if name not in plan.held}
    return {url_state.key(plan.lesson, name): text for name, text in values.items()}


def link(plan: Plan) -> str:
    """Returns the link that learners open: the address of the lesson with the parameters of `entry`."""
    return f"{base()}{plan.lesson}?{urlencode(entry(plan))}"


def base() -> str:
    """Returns the address of the app for other devices.

    This is usually the address in the browser. If that address works only on this machine, the function returns the
    machine's address in its network, provided that there is one and the server listens on it.
    """
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
    """Returns the network addresses of this machine on which the server answers."""
    only = server_address()
    if not only or only in ("0.0.0.0", "::"):
        return lan_addresses()
    return [] if is_loopback(only) else [only]


def server_address() -> str:
    """Returns the one address on which the server was told to answer, or "" if it answers on all addresses."""
    return st.get_option("server.address") or ""


def typed_address() -> str:
    """Returns the address of the page where learners type the code, in its shortest form."""
    return base().partition("://")[2] + PAGE


def how_to_reach() -> None:
    """Draws what to do if learners cannot open the link, as far as the server knows its own network."""
    here = is_loopback(urlsplit(st.context.url or "").hostname or "")
    only, others = server_address(), server_addresses()
    if here and not others:
        reason = f"the app was started with `--server.address {only}`" if only else "it is not in a network"
        st.warning(
            f"Only this computer can open the link, because {reason}. Connect the computer to your learners' network, "
            "and start the app with `--server.address 0.0.0.0`."
        )
        return
    with st.expander("If learners cannot open the link", icon=":material/wifi_find:"):
        port = urlsplit(base()).port
        st.markdown(
            "Their devices must be in the same network as this computer, and its firewall must allow connections"
            + (f" to port {port}." if port else ".")
            + " In many guest networks, devices cannot reach each other. Then use another network, or your own hotspot."
        )
        if here and others[1:]:
            st.markdown(f"This computer also has these addresses: {', '.join(others[1:])}. Try them in the link.")
        if here and in_container():
            st.markdown(
                "The app runs in a container. If the address does not open, use the address of the computer that runs "
                "the container."
            )


def join_here(place: str) -> None:
    """Draws a field for the short code. The right code opens the lesson of its class."""
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
        # Streamlit finds the page by its address
        page = st.Page(lambda: None, title=plan.lesson, url_path=plan.lesson)
        st.switch_page(page, query_params=entry(plan))
