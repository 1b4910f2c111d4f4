"""Who may do what in AWS: each function the least, and nothing that is not written down."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from tools.package import ROOT

Json = dict[str, Any]
OfType = Callable[[str], Mapping[str, Json]]
EFFECTS = {"OnChange", "Reconcile", "Morning"}
# Who checks and deletes files.
CHECKS = {"OnChange", "OnScan", "Reconcile"}
DISPOSES = "Dispose"
WORKFLOW = {"OpenTask", "CloseCase", "CheckClock"}
NEVER = {
    "dynamodb:Scan",
    "dynamodb:DeleteTable",
    "dynamodb:UpdateTable",
    "dynamodb:UpdateTimeToLive",
    "dynamodb:PartiQLSelect",
    "kms:ScheduleKeyDeletion",
    "secretsmanager:PutSecretValue",
}
# Words of a Sid that say why a resource is not named: the action has none, or it is bound by a condition instead.
WHY = r"No(Resource|Resources)|CannotBeNamed"
BUCKET_AREA = re.compile(r"\$\{DocumentsBucket\.Arn\}/(quarantine|clean|certificates)/\*")
ONLY_FOR_EFFECTS = ("states:", "ses:")


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


@pytest.fixture(scope="session")
def roles(functions: Mapping[str, Json], template: Json) -> Mapping[str, list[Json]]:
    """Function name (and `machines`) to the statements of its role."""

    def statements(role: str) -> list[Json]:
        policies = template["Resources"][role]["Properties"]["Policies"]
        return [statement for policy in policies for statement in policy["PolicyDocument"]["Statement"]]

    found = {name: statements(function["Role"]["Fn::GetAtt"][0]) for name, function in functions.items()}
    return {**found, "machines": statements("WorkflowRole")}


def granted(statements: list[Json]) -> set[str]:
    return {action for statement in statements for action in listed(statement["Action"])}


def each(roles: Mapping[str, list[Json]]) -> Iterator[tuple[str, Json]]:
    for name, statements in roles.items():
        for statement in statements:
            yield f"{name}.{statement.get('Sid')}", statement


def complaints(statement: Json) -> list[str]:
    """What is wrong with a statement: a wild action, or a wild resource without a Sid that says why."""
    found = [f"wild action {action}" for action in listed(statement["Action"]) if "*" in action]
    reason = statement.get("Sid", "")
    if not reason:
        found.append("no Sid")
    for resource in listed(statement["Resource"]):
        text = resource if isinstance(resource, str) else json.dumps(resource)
        if text == "*" and not re.search(WHY, reason):
            found.append("every resource without a reason")
        elif (
            text != "*"
            and "*" in text
            and "${AWS::StackName}" not in text
            and ":identity/*" not in text
            and not BUCKET_AREA.search(text)
        ):
            found.append(f"resource wider than the stack: {text}")
    return found


def test_no_statement_is_wide_without_a_written_reason(roles: Mapping[str, list[Json]]) -> None:
    wrong = {name: complaints(statement) for name, statement in each(roles)}
    assert {name: found for name, found in wrong.items() if found} == {}


@pytest.mark.parametrize(
    "statement",
    [
        {"Sid": "All", "Action": "*", "Resource": "arn:aws:s3:::one"},
        {"Sid": "All", "Action": ["dynamodb:*"], "Resource": {"Fn::GetAtt": ["CasesTable", "Arn"]}},
        {"Sid": "Mail", "Action": "ses:SendEmail", "Resource": "*"},
        {"Action": "ses:SendEmail", "Resource": "arn:aws:ses:eu-west-2:1:identity/one"},
        {
            "Sid": "Machines",
            "Action": "states:StartExecution",
            "Resource": {"Fn::Sub": "arn:aws:states:*:*:stateMachine:*"},
        },
    ],
)
def test_a_wide_statement_would_be_found(statement: Json) -> None:
    assert complaints(statement)


def test_mail_goes_out_under_our_own_address_only(roles: Mapping[str, list[Json]]) -> None:
    for name in EFFECTS:
        (statement,) = [row for row in roles[name] if "ses:SendEmail" in listed(row["Action"])]
        (bound,) = statement["Condition"].values()
        assert bound == {"ses:FromAddress": {"Ref": "MailFrom"}}, name


def test_nobody_may_read_or_change_a_whole_table(roles: Mapping[str, list[Json]]) -> None:
    for name, statements in roles.items():
        assert not granted(statements) & NEVER, name


def test_who_waits_for_a_page_starts_nothing(roles: Mapping[str, list[Json]]) -> None:
    """No handler that a person waits for calls Step Functions or mail; nor do the functions of a workflow. The pages
    sign forms and links for the bucket, and call nothing of it."""
    for name, statements in roles.items():
        services = {action for action in granted(statements) if action.startswith(ONLY_FOR_EFFECTS)}
        assert not services or name in EFFECTS, name
    assert {action.split(":")[0] for action in granted(roles["APIHandler"])} <= {
        "logs",
        "kms",
        "dynamodb",
        "secretsmanager",
        "s3",
    }
    for name in WORKFLOW:
        assert {action.split(":")[0] for action in granted(roles[name])} <= {
            "logs",
            "kms",
            "dynamodb",
            "secretsmanager",
        }


@pytest.mark.promise("fault:task-token-in-a-get-link-link-prefetch-approves")
def test_only_effects_signal_a_task(roles: Mapping[str, list[Json]]) -> None:
    signals = {name for name, statements in roles.items() if "states:SendTaskSuccess" in granted(statements)}
    assert signals == EFFECTS - {"Morning"}


def test_a_workflow_never_deletes(roles: Mapping[str, list[Json]]) -> None:
    for name in WORKFLOW | {"OnChange", "OnScan"}:
        found = {action for action in granted(roles[name]) if "Delete" in action} - {"dynamodb:DeleteItem"}
        assert found <= ({"s3:DeleteObject", "s3:DeleteObjectVersion"} if name in CHECKS else set()), name


def test_who_counts_deletes_counts_and_no_case(roles: Mapping[str, list[Json]]) -> None:
    """A case that moves to another month is taken from the count of the month in which it stood. Nothing else of the
    table is within reach of who does that; the round of the night, the pages and the digest have their own reasons."""
    for name in roles:
        rows = [row for row in roles[name] if "dynamodb:DeleteItem" in listed(row["Action"])]
        if name in WORKFLOW | {"OnScan", "machines"}:
            assert not rows, name
        if name in {"OnChange", "Reconcile"}:
            (row,) = rows
            assert listed(row["Action"]) == ["dynamodb:DeleteItem"]
            assert row["Condition"] == {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["FIGURES#*"]}}


def areas(statements: list[Json], action: str) -> set[str]:
    """The parts of the bucket on which an action is granted."""
    rows = [row for row in statements if action in listed(row["Action"])]
    found = {json.dumps(resource) for row in rows for resource in listed(row["Resource"])}
    return {match for text in found for match in re.findall(r"DocumentsBucket\.Arn\}/(\w+)/", text)}


@pytest.mark.promise("feature:uploads-type-check-scan-limits")
def test_pages_put_into_quarantine_and_read_only_what_is_clean(roles: Mapping[str, list[Json]]) -> None:
    """What signs a form or a link can do no more than the form or the link."""
    api = roles["APIHandler"]
    assert {action for action in granted(api) if action.startswith("s3:")} == {"s3:PutObject", "s3:GetObject"}
    assert areas(api, "s3:PutObject") == {"quarantine"}
    assert areas(api, "s3:GetObject") == {"clean"}


def test_only_the_check_reads_quarantine_and_nobody_tags(roles: Mapping[str, list[Json]]) -> None:
    for name, statements in roles.items():
        found = {action for action in granted(statements) if action.startswith("s3:")}
        assert not found or name in CHECKS | {"APIHandler", DISPOSES}, name
        assert not {action for action in found if action.startswith("s3:Put") and "Tagging" in action}, name
        assert ("quarantine" in areas(statements, "s3:GetObject")) == (name in CHECKS), name
    for name in CHECKS:
        assert areas(roles[name], "s3:PutObject") == {"clean"}
        assert areas(roles[name], "s3:DeleteObjectVersion") == {"quarantine", "clean"}


def test_the_round_of_disposal_deletes_and_reads_no_file(roles: Mapping[str, list[Json]]) -> None:
    """It is the one function that deletes cases; it sees names of files and never what is in them, and may not touch a
    certificate once it is written but by writing it again."""
    mine = roles[DISPOSES]
    assert "s3:GetObject" not in granted(mine)
    assert areas(mine, "s3:DeleteObjectVersion") == {"quarantine", "clean"}
    assert areas(mine, "s3:PutObject") == {"certificates"}
    others = [statements for name, statements in roles.items() if name != DISPOSES]
    assert "dynamodb:BatchWriteItem" in granted(mine)
    assert not any("dynamodb:BatchWriteItem" in granted(statements) for statements in others)


def test_machines_call_the_functions_that_they_name(roles: Mapping[str, list[Json]], of_type: OfType) -> None:
    named = {
        value["Fn::GetAtt"][0]
        for row in of_type("AWS::StepFunctions::StateMachine").values()
        for value in row["Properties"]["DefinitionSubstitutions"].values()
    }
    (statement,) = [row for row in roles["machines"] if "lambda:InvokeFunction" in listed(row["Action"])]
    assert {resource["Fn::GetAtt"][0] for resource in listed(statement["Resource"])} == named


def test_each_function_writes_to_its_own_log_only(
    roles: Mapping[str, list[Json]], functions: Mapping[str, Json]
) -> None:
    for name, function in functions.items():
        (statement,) = [
            row for row in roles[name] if any(action.startswith("logs:") for action in listed(row["Action"]))
        ]
        assert statement["Resource"]["Fn::Sub"].endswith(
            f":log-group:/aws/lambda/{function['FunctionName']['Fn::Sub']}:*"
        )


def test_failures_reach_their_queue(roles: Mapping[str, list[Json]], functions: Mapping[str, Json]) -> None:
    (event,) = functions["OnChange"]["Events"].values()
    queues = {
        "OnChange": event["Properties"]["DestinationConfig"]["OnFailure"]["Destination"],
        "Reconcile": functions["Reconcile"]["DeadLetterQueue"]["TargetArn"],
        "Morning": functions["Morning"]["DeadLetterQueue"]["TargetArn"],
        "OnScan": functions["OnScan"]["DeadLetterQueue"]["TargetArn"],
        "Dispose": functions["Dispose"]["DeadLetterQueue"]["TargetArn"],
    }
    for name, queue in queues.items():
        (statement,) = [row for row in roles[name] if "sqs:SendMessage" in listed(row["Action"])]
        assert statement["Resource"] == queue


def test_every_policy_file_is_used() -> None:
    config = json.loads((ROOT / ".chalice" / "config.json").read_text(encoding="utf-8"))
    (stage,) = config["stages"].values()
    used = [stage["iam_policy_file"], *(row["iam_policy_file"] for row in stage["lambda_functions"].values())]
    assert sorted(used) == sorted(path.name for path in (ROOT / ".chalice").glob("policy-*.json"))
    assert not stage["autogen_policy"]
    assert not any(row["autogen_policy"] for row in stage["lambda_functions"].values())
