"""A secret of each browser, in a cookie that outlives it: by this a browser is known again, without an account.

It says whose a run is, whose data they are, and who teaches a class. It stands in no link and no page can read it.
"""

from __future__ import annotations

import re
import secrets
from http.cookies import SimpleCookie

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

COOKIE = "headstart_browser"
SECRET = re.compile(r"[0-9a-f]{32}")
SECONDS = 400 * 86400  # as long as browsers keep a cookie at most


class BrowserKey:
    """Gives a browser its secret with the first page that it loads."""

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
    return headers.get("content-type", "").startswith("text/html")


def new_cookie(scheme: str) -> str:
    secure = "; Secure" if scheme == "https" else ""
    return f"{COOKIE}={secrets.token_hex(16)}; Path=/; Max-Age={SECONDS}; HttpOnly; SameSite=Lax{secure}"


def has_key(header: str) -> bool:
    """Whether a request's cookies have a secret."""
    cookies = SimpleCookie(header)
    return COOKIE in cookies and is_secret(cookies[COOKIE].value)


def is_secret(text: str) -> bool:
    return bool(SECRET.fullmatch(text))
