"""Gives each browser a secret in a cookie, by which the server recognises the browser without an account.

The secret decides who owns a run, who owns uploaded data, and who teaches a class. It appears in no link, and no page
can read it.
"""

from __future__ import annotations

import re
import secrets
from http.cookies import SimpleCookie

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

COOKIE = "headstart_browser"
SECRET = re.compile(r"[0-9a-f]{32}")
SECONDS = 400 * 86400  # the longest time that browsers keep a cookie


class BrowserKey:
    """Sets the cookie when a browser loads its first page."""

    def __init__(self, app: ASGIApp):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or has_key(Headers(scope=scope).get("cookie", "")):
            return await self.app(scope, receive, send)

        async def with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start" and is_page(Headers(raw=message["headers"])):
                message["headers"] = [*message["headers"], (b"set-cookie", new_cookie(scope["scheme"]).encode())]
            await send(message)

        await self.app(scope, receive, with_cookie)


def is_page(headers: Headers) -> bool:
    """Returns whether a response is an HTML page."""
    return headers.get("content-type", "").startswith("text/html")


def new_cookie(scheme: str) -> str:
    """Returns a cookie with a new secret. It is marked as secure if the page came over https."""
    secure = "; Secure" if scheme == "https" else ""
    return f"{COOKIE}={secrets.token_hex(16)}; Path=/; Max-Age={SECONDS}; HttpOnly; SameSite=Lax{secure}"


def has_key(header: str) -> bool:
    """Returns whether the cookies of a request contain a secret."""
    cookies = SimpleCookie(header)
    return COOKIE in cookies and is_secret(cookies[COOKIE].value)


def is_secret(text: str) -> bool:
    """Returns whether a text has the form of a secret."""
    return bool(SECRET.fullmatch(text))
