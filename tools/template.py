"""Completes the packaged template: what every function and every state machine has is written once, here.

Each function gets a fixed name, a log group with retention, and alarms; each file of `state_machines/` becomes a state
machine whose `${...Arn}` placeholders are the functions. Names are fixed so that the functions can be told where the
machines are without a reference, which would be a cycle.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

Json = dict[str, Any]
LOG_DAYS = 30


def complete(template: Json, machines: Path) -> Json:
    """The template that is deployed, from what Chalice packaged and the files of the state machines."""
    resources = template["Resources"]
    functions = {
        name: resource for name, resource in resources.items() if resource["Type"] == "AWS::Serverless::Function"
    }
    for name, function in functions.items():
        function["Properties"]["FunctionName"] = {"Fn::Sub": f"${{AWS::StackName}}-{kebab(name)}"}
        function["Properties"].setdefault("Tags", {}).pop("aws-chalice", None)
        resources[f"{name}Logs"] = _log_group(name)
        resources.update(_function_alarms(name))
    for queue in [name for name, resource in resources.items() if resource["Type"] == "AWS::SQS::Queue"]:
        resources[f"{queue}Alarm"] = _queue_alarm(queue)
    resources["OnChangeLateAlarm"] = _late_alarm()
    for path in sorted(machines.glob("*.asl.json")):
        stem = path.name.removesuffix(".asl.json")
        resources[f"{camel(stem)}Machine"] = _machine(stem, path)
        resources[f"{camel(stem)}FailedAlarm"] = _machine_alarm(stem)
    resources.update(_gateway_answers(Path(__file__).resolve().parent.parent / "infrastructure" / "not_found.html"))
    return template


def without_tls(template: Json) -> Json:
    """The template for the local engine, which listens on this machine only and speaks no TLS: the bucket's rule that
    nothing goes without it would shut the bucket. All other rules stay. The given template is not changed."""
    found: Json = json.loads(json.dumps(template))
    for resource in found["Resources"].values():
        if resource["Type"] == "AWS::S3::BucketPolicy":
            document = resource["Properties"]["PolicyDocument"]
            document["Statement"] = [row for row in document["Statement"] if not row["Condition"].get("Bool")]
    return found


def kebab(name: str) -> str:
    """`OpenTask` → `open-task`; Chalice's `APIHandler` is the `api`."""
    return "api" if name == "APIHandler" else re.sub(r"(?<!^)(?=[A-Z])", "-", name).lower()


def camel(name: str) -> str:
    return "".join(word.title() for word in name.split("_"))


def _log_group(name: str) -> Json:
    return {
        "Type": "AWS::Logs::LogGroup",
        "DeletionPolicy": "Delete",
        "UpdateReplacePolicy": "Delete",
        "Properties": {
            "LogGroupName": {"Fn::Sub": f"/aws/lambda/${{AWS::StackName}}-{kebab(name)}"},
            "RetentionInDays": LOG_DAYS,
            "KmsKeyId": {"Fn::GetAtt": ["DataKey", "Arn"]},
        },
    }


def _machine(stem: str, path: Path) -> Json:
    text = path.read_text(encoding="utf-8")
    wanted = sorted(set(re.findall(r"\$\{(\w+)Arn\}", text)))
    return {
        "Type": "AWS::StepFunctions::StateMachine",
        "Properties": {
            "StateMachineName": {"Fn::Sub": f"${{AWS::StackName}}-{stem}"},
            "StateMachineType": "STANDARD",
            "RoleArn": {"Fn::GetAtt": ["WorkflowRole", "Arn"]},
            "Definition": json.loads(text),
            "DefinitionSubstitutions": {f"{name}Arn": {"Fn::GetAtt": [name, "Arn"]} for name in wanted},
            "LoggingConfiguration": {
                "Level": "ERROR",
                "IncludeExecutionData": False,
                "Destinations": [{"CloudWatchLogsLogGroup": {"LogGroupArn": {"Fn::GetAtt": ["WorkflowLogs", "Arn"]}}}],
            },
        },
    }


def _alarm(namespace: str, metric: str, dimensions: Json, threshold: float, why: str, **more: Any) -> Json:
    return {
        "Type": "AWS::CloudWatch::Alarm",
        "Properties": {
            "AlarmDescription": why,
            "Namespace": namespace,
            "MetricName": metric,
            "Dimensions": [{"Name": name, "Value": value} for name, value in dimensions.items()],
            "Statistic": "Sum",
            "Period": 300,
            "EvaluationPeriods": 1,
            "Threshold": threshold,
            "ComparisonOperator": "GreaterThanThreshold",
            "TreatMissingData": "notBreaching",
            **more,
        },
    }


def _function_alarms(name: str) -> Json:
    dimensions = {"FunctionName": {"Ref": name}}
    return {
        f"{name}ErrorsAlarm": _alarm("AWS/Lambda", "Errors", dimensions, 0, f"{kebab(name)} failed"),
        f"{name}ThrottlesAlarm": _alarm("AWS/Lambda", "Throttles", dimensions, 0, f"{kebab(name)} was throttled"),
    }


def _queue_alarm(queue: str) -> Json:
    dimensions = {"QueueName": {"Fn::GetAtt": [queue, "QueueName"]}}
    why = "Something could not be done after all retries; the reconciler goes on from the table"
    return _alarm("AWS/SQS", "ApproximateNumberOfMessagesVisible", dimensions, 0, why, Statistic="Maximum")


def _late_alarm() -> Json:
    dimensions = {"FunctionName": {"Ref": "OnChange"}}
    why = "Effects are more than a minute behind what people did"
    return _alarm("AWS/Lambda", "IteratorAge", dimensions, 60_000, why, Statistic="Maximum")


def _machine_alarm(stem: str) -> Json:
    dimensions = {"StateMachineArn": {"Ref": f"{camel(stem)}Machine"}}
    why = f"An execution of {stem} failed; the reconciler starts it again"
    return _alarm("AWS/States", "ExecutionsFailed", dimensions, 0, why)


def _gateway_answers(page: Path) -> Json:
    """What API Gateway says by itself passes no code of ours: the page and the headers are given here."""
    html = re.sub(r"\s+", " ", page.read_text(encoding="utf-8")).strip()
    headers = {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Security-Policy": "sandbox",
        "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Cache-Control": "no-store",
    }
    parameters = {f"gatewayresponse.header.{name}": f"'{value}'" for name, value in headers.items()}
    answers = {"MissingAuthenticationToken": "404", "Default4xx": "", "Default5xx": ""}
    return {
        f"Gateway{name}": {
            "Type": "AWS::ApiGateway::GatewayResponse",
            "Properties": {
                "RestApiId": {"Ref": "RestAPI"},
                "ResponseType": re.sub(r"(?<!^)(?=[A-Z4-5])", "_", name).upper(),
                **({"StatusCode": status} if status else {}),
                "ResponseParameters": parameters,
                "ResponseTemplates": {"application/json": html},
            },
        }
        for name, status in answers.items()
    }
