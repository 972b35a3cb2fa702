"""What a tick asks Dagster for: runs, and the partitions that they need or leave behind."""

from dagster import AddDynamicPartitionsRequest, DeleteDynamicPartitionsRequest, RunRequest

from provider_assets.orchestration.inbox.decision import Start
from provider_assets.orchestration.inbox.looks import TickResult
from provider_assets.orchestration.partitions import (
    ATTEMPT_TAG,
    DELIVERY_TAG,
    MAILBOX_TAG,
    PARTITION_TAG,
    partitions_for,
)
from provider_assets.orchestration.platform import DEFAULT, PLATFORM_TAG, Platform


def partition_requests(
    result: TickResult, platform: Platform
) -> list[AddDynamicPartitionsRequest | DeleteDynamicPartitionsRequest]:
    """A roster that was answered leaves no partition behind that would stay red for good."""
    partitions, answered = partitions_for(platform), list(result.answered)
    added = [start.delivery.roster for start in result.starts]
    return [
        *([partitions.build_add_request(added)] if added else []),
        *([partitions.build_delete_request(answered)] if answered else []),
    ]


def run_request(start: Start, platform: Platform = DEFAULT, mailbox: str = "") -> RunRequest:
    """The run that a delivery asks for; its key is the delivery and the number of the try."""
    delivery = start.delivery
    return RunRequest(
        run_key=f"{delivery.file.token}:{start.attempt}",
        partition_key=delivery.roster,
        run_config={"ops": {platform.step("raw_providers"): {"config": _config(start)}}},
        tags={
            # named here, so that Dagster does not look the key up among all partitions
            PARTITION_TAG: delivery.roster,
            DELIVERY_TAG: delivery.file.token,
            ATTEMPT_TAG: str(start.attempt),
            **({MAILBOX_TAG: mailbox} if mailbox else {}),
            **({PLATFORM_TAG: platform.name} if platform.key_prefix else {}),
        },
    )


def _config(start: Start) -> dict[str, str]:
    path = start.delivery.file.address
    try:
        path.encode()
    except UnicodeEncodeError:
        return {}  # a name that is no text: the run finds the file by its content
    return {"path": path, "sha256": start.delivery.sha256}
