"""What runs: every function has its own role, its log, its alarms, and a place where failures go."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from tools.package import ROOT

Json = dict[str, Any]
OfType = Callable[[str], Mapping[str, Json]]
OWN_KEY = {"Fn::GetAtt": ["DataKey", "Arn"]}
LONGEST_LOG = 90
PLAN = "AWS::GuardDuty::MalwareProtectionPlan"
API_LIMIT = 29


def arn(name: str) -> Json:
    return {"Fn::GetAtt": [name, "Arn"]}


def test_every_function_has_a_role_of_its_own(functions: Mapping[str, Json], of_type: OfType) -> None:
    roles = [function["Role"]["Fn::GetAtt"][0] for function in functions.values()]
    assert len(set(roles)) == len(functions)
    machines = {
        row["Properties"]["RoleArn"]["Fn::GetAtt"][0] for row in of_type("AWS::StepFunctions::StateMachine").values()
    }
    plans = {row["Properties"]["Role"]["Fn::GetAtt"][0] for row in of_type(PLAN).values()}
    assert set(roles) | machines | plans == set(of_type("AWS::IAM::Role")), "no role without a user"
    assert not set(roles) & machines


def test_every_function_of_the_app_is_there(functions: Mapping[str, Json]) -> None:
    tree = ast.parse((ROOT / "app.py").read_text(encoding="utf-8"))
    declared = {f"app.{node.name}" for node in tree.body if isinstance(node, ast.FunctionDef) and node.decorator_list}
    assert {function["Handler"] for function in functions.values()} == declared | {"app.app"}


def test_the_template_sets_what_the_code_reads(template: Json) -> None:
    """`bootstrap.py` is the one place that reads the environment; each name it needs is set for every function."""
    source = (ROOT / "chalicelib" / "bootstrap.py").read_text(encoding="utf-8")
    read = set(re.findall(r"os\.environ(?:\.get\(|\[)\s*\"(\w+)\"", source))
    own = {name for name in read if not name.startswith("AWS_")}
    assert own
    assert own <= set(template["Globals"]["Function"]["Environment"]["Variables"])


@pytest.mark.parametrize("path", sorted((ROOT / "chalicelib").rglob("*.py")), ids=lambda path: path.name)
def test_nothing_else_reads_the_environment(path: Path) -> None:
    if path.name != "bootstrap.py" and "_built" not in path.parts:
        assert not re.search(r"\bos\.(environ|getenv)\b", path.read_text(encoding="utf-8"))


def test_every_function_has_a_log_that_ends(functions: Mapping[str, Json], of_type: OfType) -> None:
    groups = {
        json.dumps(row["Properties"]["LogGroupName"]): row["Properties"]
        for row in of_type("AWS::Logs::LogGroup").values()
    }
    for name, function in functions.items():
        group = groups[json.dumps({"Fn::Sub": f"/aws/lambda/{function['FunctionName']['Fn::Sub']}"})]
        assert group, name
    for name, group in groups.items():
        assert 0 < group["RetentionInDays"] <= LONGEST_LOG, name
        assert group["KmsKeyId"] == OWN_KEY, name


@pytest.mark.promise("feature:alarms-with-numbers")
def test_every_failure_raises_an_alarm(functions: Mapping[str, Json], of_type: OfType) -> None:
    alarms = [row["Properties"] for row in of_type("AWS::CloudWatch::Alarm").values()]
    watched = {(alarm["MetricName"], json.dumps(alarm["Dimensions"][0]["Value"])) for alarm in alarms}
    wanted: list[tuple[str, Json]] = [
        (metric, {"Ref": name}) for name in functions for metric in ("Errors", "Throttles")
    ]
    wanted += [
        ("ApproximateNumberOfMessagesVisible", {"Fn::GetAtt": [name, "QueueName"]})
        for name in of_type("AWS::SQS::Queue")
    ]
    wanted += [("ExecutionsFailed", {"Ref": name}) for name in of_type("AWS::StepFunctions::StateMachine")]
    wanted += [("IteratorAge", {"Ref": "OnChange"})]
    missing = [row for row in wanted if (row[0], json.dumps(row[1])) not in watched]
    assert not missing
    for alarm in alarms:
        assert alarm["AlarmDescription"]
        assert alarm["Threshold"] >= 0
        assert alarm["TreatMissingData"] == "notBreaching"


def test_nobody_waits_longer_than_the_gateway(functions: Mapping[str, Json]) -> None:
    assert functions["APIHandler"]["Timeout"] < API_LIMIT


def test_sources_of_events_hand_over_what_failed(functions: Mapping[str, Json], of_type: OfType) -> None:
    """Streams, schedules and queues are not people who would try again: each has a queue for failures."""
    fed = 0
    for name, function in functions.items():
        for event in function.get("Events", {}).values():
            fed += 1
            if event["Type"] in ("DynamoDB", "Kinesis", "SQS"):
                target = event["Properties"]["DestinationConfig"]["OnFailure"]["Destination"]
            else:
                target = function["DeadLetterQueue"]["TargetArn"]
            assert target["Fn::GetAtt"][0] in of_type("AWS::SQS::Queue"), name
    assert fed >= 2


@pytest.mark.promise("fault:missing-stream-field-raises-is-swallowed-batch-c")
def test_one_bad_record_does_not_block_the_stream(functions: Mapping[str, Json]) -> None:
    (event,) = functions["OnChange"]["Events"].values()
    stream = event["Properties"]
    assert stream["StartingPosition"] == "TRIM_HORIZON"
    assert stream["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert stream["BisectBatchOnFunctionError"] is True
    assert 0 < stream["MaximumRetryAttempts"] <= 10
    assert 0 < stream["MaximumRecordAgeInSeconds"] <= 86_400


def test_only_what_has_effects_wakes_them(functions: Mapping[str, Json]) -> None:
    (event,) = functions["OnChange"]["Events"].values()
    rows = [json.loads(row["Pattern"]) for row in event["Properties"]["FilterCriteria"]["Filters"]]
    assert rows == [
        {"eventName": ["INSERT"], "dynamodb": {"Keys": {"sk": {"S": [{"prefix": "EVENT#"}]}}}},
        {"eventName": ["REMOVE"], "dynamodb": {"Keys": {"sk": {"S": [{"prefix": "DOCUMENT#"}, "CASE"]}}}},
        {"dynamodb": {"Keys": {"pk": {"S": ["HOLDS"]}}}},
        {"eventName": ["INSERT"], "dynamodb": {"Keys": {"sk": {"S": ["MAIL"]}}}},
    ]


def test_the_round_of_disposal_comes_each_night_and_has_time(functions: Mapping[str, Json]) -> None:
    (event,) = functions["Dispose"]["Events"].values()
    assert event["Properties"]["Schedule"] == "cron(10 1 * * ? *)"
    assert event["Properties"]["Enabled"] is True
    assert functions["Dispose"]["Timeout"] == 900


def test_the_bucket_and_the_scanner_ring_for_quarantine_only(functions: Mapping[str, Json]) -> None:
    patterns = [event["Properties"]["Pattern"] for event in functions["OnScan"]["Events"].values()]
    came, result = sorted(patterns, key=lambda pattern: pattern["source"], reverse=True)
    assert came["detail"]["object"]["key"] == [{"prefix": "quarantine/"}]
    assert came["detail"]["bucket"]["name"] == [{"Ref": "DocumentsBucket"}]
    assert result["detail"]["s3ObjectDetails"]["bucketName"] == [{"Ref": "DocumentsBucket"}]


def test_the_reconciler_goes_round_every_minute(functions: Mapping[str, Json]) -> None:
    (event,) = functions["Reconcile"]["Events"].values()
    assert event["Type"] == "Schedule"
    assert event["Properties"]["Schedule"] == "rate(1 minute)"
    assert event["Properties"]["Enabled"] is True


def test_the_morning_list_is_tried_from_eight_to_ten_in_london_all_year(functions: Mapping[str, Json]) -> None:
    """08:00 in London is 07:00 UTC in summer and 08:00 in winter; the function itself looks at the clock."""
    (event,) = functions["Morning"]["Events"].values()
    assert event["Properties"]["Schedule"] == "cron(0/15 7-9 ? * MON-FRI *)"


def test_queues_are_encrypted_and_keep_failures_as_long_as_they_may(of_type: OfType) -> None:
    for name, row in of_type("AWS::SQS::Queue").items():
        assert row["Properties"]["KmsMasterKeyId"] == OWN_KEY, name
        assert row["Properties"]["MessageRetentionPeriod"] == 14 * 86_400, name
