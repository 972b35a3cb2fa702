"""A server that speaks S3 (moto's), as a process on a free port of loopback."""

import subprocess
import sys
import time
import urllib.request
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from provider_assets_tests.places.sshd import free_port

KEYS = {"aws_access_key_id": "made-up", "aws_secret_access_key": "made-up-too"}


@dataclass(eq=False)
class S3Server:
    folder: Path
    port: int = 0
    process: subprocess.Popen | None = field(default=None, repr=False)

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        self.port = self.port or free_port()
        with (self.folder / "s3.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "moto.server", "-p", str(self.port)],
                stdout=log,
                stderr=log,
            )
        end = time.monotonic() + 60
        while True:
            with suppress(OSError):
                urllib.request.urlopen(f"{self.endpoint}/moto-api/", timeout=2).close()
                return
            assert self.process.poll() is None, (self.folder / "s3.log").read_text()
            assert time.monotonic() < end
            time.sleep(0.05)

    def stop(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    @cache  # noqa: B019  (one server a session; to make a client takes a third of a second)
    def client(self, service: str = "s3") -> Any:
        import botocore.session

        return botocore.session.get_session().create_client(
            service, region_name="us-east-1", endpoint_url=self.endpoint, **KEYS
        )

    def keys(self, bucket: str) -> list[str]:
        found = self.client().list_objects_v2(Bucket=bucket).get("Contents", [])
        return [each["Key"] for each in found]
