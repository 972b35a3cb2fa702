"""One of Dagster's services as a child of `provider-assets dev`; it ends when that does.

Its standard input is a pipe that its parent holds: when the parent is gone, however it went, the
pipe ends, and the service with all that it started follows.
"""

import os
import signal
import sys
import threading
import time
from typing import Any

GRACE = 6.0


def main() -> None:
    """Become the service that the first argument names."""
    name, *rest = sys.argv[1:]
    threading.Thread(target=_follow_the_parent, daemon=True).start()
    sys.argv = [name, *rest]
    {"dagster": _code_server, "dagster_webserver": _web_server, "dagster._daemon": _daemon}[name]()


def _follow_the_parent() -> None:
    os.read(0, 1)
    os.killpg(os.getpgrp(), signal.SIGTERM)
    time.sleep(GRACE)
    os.killpg(os.getpgrp(), signal.SIGKILL)


def _code_server() -> None:
    from dagster._cli import main as dagster

    dagster()  # type: ignore[no-untyped-call]


def _daemon() -> None:
    from dagster._daemon import sensor
    from dagster._daemon.cli import main as daemon

    sensor.MIN_INTERVAL_LOOP_TIME = 1  # else no sensor looks more often than each five seconds
    daemon()


def _web_server() -> None:
    from dagster_webserver.cli import main as web_server
    from dagster_webserver.webserver import DagsterWebserver
    from starlette.middleware import Middleware

    from provider_assets.orchestration.process.same_origin import SameOrigin, own_names
    from provider_assets.settings import process_settings

    host = sys.argv[sys.argv.index("--host") + 1]
    names = own_names(host, process_settings().ui_url)
    usual = DagsterWebserver.build_middleware

    def guarded(server: Any) -> list[Middleware]:
        return [Middleware(SameOrigin, names=names), *usual(server)]

    setattr(DagsterWebserver, "build_middleware", guarded)  # noqa: B010  (of a generic class)
    web_server()  # type: ignore[no-untyped-call]


if __name__ == "__main__":
    main()
