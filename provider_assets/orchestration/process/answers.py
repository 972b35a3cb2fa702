"""A failure that is an answer: Dagster keeps its sentence and its metadata, and no stack trace.

A stack trace says where in the code something broke. Where a file is at fault, or a launch lacks
its partition, nothing of ours broke, and a trace only hides the sentence that says what to do.
"""

from collections.abc import Mapping
from typing import Any

from dagster import Failure
from dagster._core.errors import DagsterUserCodeProcessError
from dagster_shared.error import SerializableErrorInfo


class _ToldError(DagsterUserCodeProcessError):
    """What Dagster shows instead of a trace that it would make of the exception."""

    def __init__(self, sentence: str) -> None:
        told = SerializableErrorInfo(message=sentence, stack=[], cls_name=None)
        super().__init__(sentence, user_code_process_error_infos=[told])  # type: ignore[no-untyped-call]


class AnswerError(Failure, _ToldError):
    """Our sentence as a step's failure; nothing is retried."""

    def __init__(self, sentence: str, metadata: Mapping[str, Any]) -> None:
        super().__init__(sentence, metadata=metadata, allow_retries=False)
