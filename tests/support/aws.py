"""AWS in this process (moto): the table with its indexes and stream, and the state machines executed for real."""

from __future__ import annotations

import copy
import json
import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

REGION = "eu-west-2"
ACCOUNT = "123456789012"
TABLE = "case-service-test"
STACK = "test"
BUCKET = "case-service-test"
ROOT = Path(__file__).resolve().parent.parent.parent
MACHINES = ROOT / "state_machines"
MACHINE_PREFIX = f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:{STACK}-"
KEYS = ("pk", "sk", "desk_pk", "desk_sk", "agenda_pk", "agenda_sk", "search_pk")

Function = Callable[[Any, Any], Any]
ONE_AT_A_TIME = threading.RLock()


@contextmanager
def moto_account() -> Iterator[None]:
    """One moto account for a whole test run; tables and machines are made anew for each test."""
    os.environ.update(
        AWS_ACCESS_KEY_ID="testing", AWS_SECRET_ACCESS_KEY="testing", AWS_DEFAULT_REGION=REGION, AWS_REGION=REGION
    )
    from moto import mock_aws

    config: Any = {"stepfunctions": {"execute_state_machine": True}, "lambda": {"use_docker": False}}
    with mock_aws(config=config):
        _one_dynamodb_call_at_a_time()
        _texts_and_numbers_at_once()
        from chalicelib.adapters.table import use_table

        use_table(TABLE, REGION)
        yield


def _one_dynamodb_call_at_a_time() -> None:
    """moto keeps its tables in plain dictionaries and undoes a failed transaction by putting a copy back. A lock makes
    each call as whole as DynamoDB makes it; calls of different threads still come in any order."""
    from moto.dynamodb.responses import DynamoHandler

    answer = DynamoHandler.call_action

    def locked(self: Any) -> Any:
        with ONE_AT_A_TIME:
            return answer(self)

    DynamoHandler.call_action = locked  # type: ignore[method-assign]


def _texts_and_numbers_at_once() -> None:
    """moto asks each value that it answers with whether it is any of the ten types of DynamoDB, and for each under all
    the names that the type might have: a third of all its time. Nearly all are texts and numbers, and say so. These
    never change in their place either, so that a copy of an item may share them."""
    from moto.core.serialize import BaseJSONSerializer
    from moto.dynamodb.models.dynamo_type import DynamoType

    usual = BaseJSONSerializer._serialize_type_structure

    def quick(self: Any, serialized: Any, value: Any, shape: Any, key: str) -> None:
        if shape.name == "AttributeValue" and isinstance(value, dict) and value.keys() in ({"S"}, {"N"}):
            self._default_serialize(serialized, value, shape, key)
        else:
            usual(self, serialized, value, shape, key)

    BaseJSONSerializer._serialize_type_structure = quick  # type: ignore[method-assign]
    copied = DynamoType.__deepcopy__

    def shared(self: Any, memo: Any) -> Any:
        return self if self.type in ("S", "N") else copied(self, memo)

    DynamoType.__deepcopy__ = shared  # type: ignore[method-assign]


@cache
def client(name: str) -> Any:
    """The client of moto for a service, made once: that takes longer than most tests. moto knows no addresses with an
    account in them, so the clients use none."""
    import boto3
    from botocore.config import Config

    return boto3.client(name, region_name=REGION, config=Config(account_id_endpoint_mode="disabled"))


@cache
def bucket() -> Any:
    """The client of the document bucket, which keeps versions as the template says. Made with the first file: most
    tests send none."""
    s3 = client("s3")
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    return s3


def _stored_bucket() -> Any:
    from moto.backends import get_backend

    return get_backend("s3")[ACCOUNT]["aws"].buckets.get(BUCKET)


def empty_bucket() -> None:
    """Forget every object, straight in moto's own state, if there ever was a bucket."""
    made = _stored_bucket()
    if made is not None:
        made.keys = type(made.keys)()


def copy_of_bucket() -> Any:
    """What is in the bucket, to be put back by `refill_bucket`; None when there never was one."""
    made = _stored_bucket()
    return copy.deepcopy(made.keys) if made is not None else None


def refill_bucket(objects: Any) -> None:
    made = _stored_bucket()
    if made is not None and objects is not None:
        made.keys = copy.deepcopy(objects)


def backend(service: str) -> Any:
    """moto's own state of a service."""
    from moto.backends import get_backend

    return get_backend(service)[ACCOUNT][REGION]  # type: ignore[call-overload]


def forget_copies() -> None:
    """moto copies all tables for each transaction, and remembers every copy for as long as it runs: gigabytes."""
    from moto.core.model_instances import model_data

    for service in ("dynamodb", "s3", "stepfunctions"):
        for model in model_data[service].values():
            model.instances_tracked.clear()  # type: ignore[attr-defined]


def make_table(dynamodb: Any) -> None:
    """The table as the template declares it. What was in it before is gone."""
    forget_copies()
    if TABLE in dynamodb.list_tables()["TableNames"]:
        dynamodb.delete_table(TableName=TABLE)

    def index(name: str, hash_key: str, range_key: str, projection: str = "ALL") -> dict[str, Any]:
        schema = [{"AttributeName": hash_key, "KeyType": "HASH"}, {"AttributeName": range_key, "KeyType": "RANGE"}]
        return {"IndexName": name, "KeySchema": schema, "Projection": {"ProjectionType": projection}}

    dynamodb.create_table(
        TableName=TABLE,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in KEYS],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        GlobalSecondaryIndexes=[
            index("desk", "desk_pk", "desk_sk"),
            index("agenda", "agenda_pk", "agenda_sk"),
            index("search", "search_pk", "sk", "KEYS_ONLY"),
        ],
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    )


def all_items(dynamodb: Any) -> list[dict[str, Any]]:
    """Every item of the table as it is stored: the walk that no code of the product may make."""
    from boto3.dynamodb.types import TypeDeserializer

    read = TypeDeserializer()
    found: list[dict[str, Any]] = []
    for page in dynamodb.get_paginator("scan").paginate(TableName=TABLE, ConsistentRead=True):
        found.extend({name: read.deserialize(value) for name, value in item.items()} for item in page["Items"])
    return found


def machine_names() -> list[str]:
    return sorted(path.name.removesuffix(".asl.json") for path in MACHINES.glob("*.asl.json"))


def definition(name: str) -> dict[str, Any]:
    """A state machine as it is in the repository, placeholders and all."""
    machine: dict[str, Any] = json.loads((MACHINES / f"{name}.asl.json").read_text(encoding="utf-8"))
    return machine


def function_arn(name: str) -> str:
    return f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{STACK}-{name}"


def placed(name: str, functions: Mapping[str, Function]) -> str:
    """The definition with the ARNs of the functions, as the packager substitutes them (`${OpenTaskArn}`)."""
    text = (MACHINES / f"{name}.asl.json").read_text(encoding="utf-8")
    for function in functions:
        placeholder = "".join(part.capitalize() for part in function.split("_"))
        text = text.replace(f"${{{placeholder}Arn}}", function_arn(function))
    assert "${" not in text, f"{name}: a placeholder that no function fills"
    return text


def make_machines(stepfunctions: Any, functions: Mapping[str, Function]) -> None:
    """The machines as deployed, each calling `functions` of this process."""
    make_bridge(functions)
    for name in machine_names():
        stepfunctions.create_state_machine(
            name=f"{STACK}-{name}",
            definition=placed(name, functions),
            roleArn=f"arn:aws:iam::{ACCOUNT}:role/states",
        )


def remove_machines(stepfunctions: Any) -> None:
    """Stop whatever still waits, so that no thread of one test reaches into the next."""
    for name in machine_names():
        arn = MACHINE_PREFIX + name
        for execution in stepfunctions.list_executions(stateMachineArn=arn, statusFilter="RUNNING")["executions"]:
            _stop(stepfunctions, execution["executionArn"])
        stepfunctions.delete_state_machine(stateMachineArn=arn)


def _stop(stepfunctions: Any, execution: str) -> None:
    """moto begins an execution in a thread of its own, and cannot stop one that has not begun."""
    for last in (False,) * 100 + (True,):
        try:
            stepfunctions.stop_execution(executionArn=execution)
        except AttributeError:
            if last:
                raise
            time.sleep(0.05)
        else:
            return


def make_bridge(functions: Mapping[str, Function]) -> None:
    """moto's Lambda calls our functions. An exception comes out as Lambda reports it: type and message."""
    from moto.awslambda_simple.models import LambdaSimpleBackend

    def invoke(self: Any, function_name: str, qualifier: Any, body: Any, headers: Any, response_headers: Any) -> bytes:
        name = function_name.rpartition(":")[2].removeprefix(f"{STACK}-")
        try:
            answer = functions[name](json.loads(body or "{}"), None)
        except Exception as error:
            response_headers["x-amz-function-error"] = "Unhandled"
            answer = {"errorType": type(error).__name__, "errorMessage": str(error)}
        return json.dumps(answer).encode()

    LambdaSimpleBackend.invoke = invoke  # type: ignore[method-assign]
