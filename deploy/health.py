"""Health checks for compose, on the standard library alone: they run every few seconds.

health.py port HOST PORT      somebody listens
health.py web URL             the web server answers
health.py daemon URL          the web server at URL says that the daemon's heart beats
"""

import json
import socket
import sys
import urllib.request

QUERY = "{ instance { daemonHealth { allDaemonStatuses { required healthy } } } }"
SECONDS = 5


def listens(host: str, port: str) -> bool:
    """Whether a connection can be made."""
    with socket.create_connection((host, int(port)), SECONDS):
        return True


def answers(url: str) -> bool:
    """Whether the web server says who it is."""
    with urllib.request.urlopen(f"{url}/server_info", timeout=SECONDS) as answer:
        return bool(answer.status == 200)


def beats(url: str) -> bool:
    """Whether every part of the daemon that is needed has said lately that it lives."""
    request = urllib.request.Request(
        f"{url}/graphql",
        json.dumps({"query": QUERY}).encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=SECONDS) as answer:
        health = json.load(answer)["data"]["instance"]["daemonHealth"]["allDaemonStatuses"]
    needed = [status for status in health if status["required"]]
    return bool(needed) and all(status["healthy"] for status in needed)


CHECKS = {"port": listens, "web": answers, "daemon": beats}

if __name__ == "__main__":
    try:
        well = CHECKS[sys.argv[1]](*sys.argv[2:])
    except (OSError, KeyError, TypeError, ValueError) as error:
        sys.exit(f"{type(error).__name__}: {error}")
    sys.exit(0 if well else 1)
