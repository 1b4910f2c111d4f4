"""Step Functions behind the domain's `Workflows`. References, outcome words and instants only ever go in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

GONE = ("TaskTimedOut", "TaskDoesNotExist", "InvalidToken")


class StepFunctions:
    """`prefix` is the ARN of a state machine up to its name, `arn:…:stateMachine:<stack>-`."""

    def __init__(self, prefix: str, client: Any) -> None:
        self._prefix, self._client = prefix, client

    def start(self, workflow: str, name: str, values: Mapping[str, Any]) -> None:
        try:
            self._client().start_execution(
                stateMachineArn=self._prefix + workflow, name=name, input=json.dumps(values, sort_keys=True)
            )
        except self._client().exceptions.ExecutionAlreadyExists:
            return  # a retry of the same effect: names are unique for 90 days

    def signal(self, token: str, values: Mapping[str, Any]) -> bool:
        from botocore.exceptions import ClientError

        try:
            self._client().send_task_success(taskToken=token, output=json.dumps(values, sort_keys=True))
        except ClientError as error:
            if error.response["Error"]["Code"] in GONE:
                return False
            raise
        return True

    def is_running(self, workflow: str, name: str) -> bool:
        from botocore.exceptions import ClientError

        arn = f"{self._prefix.replace(':stateMachine:', ':execution:')}{workflow}:{name}"
        try:
            found = self._client().describe_execution(executionArn=arn)
        except ClientError as error:
            if error.response["Error"]["Code"] == "ExecutionDoesNotExist":
                return False
            raise
        return bool(found["status"] == "RUNNING")
