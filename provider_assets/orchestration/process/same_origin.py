"""Who may ask Dagster's web server for something: its own page, and whoever is no browser.

Dagster takes a mutation by GET and as plain text, from any page and under any name of the host, so
any page that its user has open could load, undo or launch in their name. This stands in front of
it as an ASGI application; `deploy/Caddyfile` holds to the same rules.

| what comes | what becomes of it |
|---|---|
| a `Host` that is not ours (a name that somebody else points here) | 421 |
| what could act, with an `Origin` that is not the `Host` or from another site | 403 |
| a query by GET | 405 |
| a POST that is not JSON | 415 |
"""

from collections.abc import Awaitable, Callable, Collection, MutableMapping
from typing import Any
from urllib.parse import urlsplit

Scope = MutableMapping[str, Any]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Any, Send], Awaitable[None]]

READS = ("GET", "HEAD")
HEADERS = (
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"referrer-policy", b"same-origin"),
)
EVERY_ADDRESS = ("0.0.0.0", "::")  # noqa: S104  (compared with, not bound to)
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


def own_names(host: str, ui_url: str) -> frozenset[str] | None:
    """The names under which a server on `host` may be asked for; None where that is any.

    A server on every address is asked for under names that only its network knows; only there a
    `Host` is not looked at, and a proxy has to.
    """
    if host in EVERY_ADDRESS:
        return None
    return LOOPBACK | {host, urlsplit(ui_url).hostname or host}


class SameOrigin:
    """Refuses what another page could have sent, and tells browsers to keep this one apart."""

    def __init__(self, app: App, names: Collection[str] | None) -> None:
        self._app = app
        self._names = names

    async def __call__(self, scope: Scope, receive: Any, send: Send) -> None:
        """Refuse, or hand on."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = {
            name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]
        }
        refusal = self._refusal(scope, headers)
        if refusal is None:
            await self._app(scope, receive, _with_headers(send))
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1008})
        else:
            await _answer(send, *refusal)

    def _refusal(self, scope: Scope, headers: dict[str, str]) -> tuple[int, str] | None:
        host = headers.get("host", "")
        if self._names is not None and urlsplit(f"//{host}").hostname not in self._names:
            return 421, "this is not a name of this server; see docs/security.md"
        acts = scope["type"] == "websocket" or scope["method"] not in READS
        if not acts:
            asks = scope["path"].endswith("/graphql") and scope.get("query_string")
            return (405, "ask /graphql by POST") if asks else None
        origin, site = headers.get("origin"), headers.get("sec-fetch-site", "same-origin")
        if (origin is not None and urlsplit(origin).netloc != host) or site not in (
            "same-origin",
            "none",
        ):
            return 403, "another page may not act here"
        if scope["type"] == "http" and not _is_json(headers.get("content-type", "")):
            return 415, "send JSON, as application/json"
        return None


def _is_json(content_type: str) -> bool:
    return content_type.partition(";")[0].strip().lower() == "application/json"


def _with_headers(send: Send) -> Send:
    async def sending(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            ours = {name for name, _ in HEADERS}
            kept = [pair for pair in message["headers"] if pair[0].lower() not in ours]
            message = {**message, "headers": [*kept, *HEADERS]}
        await send(message)

    return sending


async def _answer(send: Send, status: int, sentence: str) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), *HEADERS]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": f"{sentence}\n".encode()})
