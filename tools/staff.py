"""Staff of a stack: a user of the pool with groups for roles, and an entry in the service's own directory.

    python -m tools.staff list
    python -m tools.staff add USERNAME --name "Full Name" --email ADDRESS --role ig_officer [--role …]
    python -m tools.staff remove USERNAME

Without `--stack NAME` it works on the local stack of `make run`. A leaver loses sign-in and directory entry at once.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from .local import local_dir, new_password
from .stack import Aws, outputs

ROLES = ("ig_officer", "ig_manager", "service_manager", "auditor", "dpo")


def add(
    aws: Aws, place: Mapping[str, str], username: str, name: str, email: str, roles: Sequence[str], password: str = ""
) -> None:
    """Make or change a member of staff. With a password (local only) it is theirs; else they get an invitation."""
    pool, cognito = place["UserPoolId"], aws.client("cognito-idp")
    attributes = [
        {"Name": "email", "Value": email},
        {"Name": "email_verified", "Value": "true"},
        {"Name": "name", "Value": name},
    ]
    quiet = {"MessageAction": "SUPPRESS"} if password else {}
    quiet["TemporaryPassword"] = password or new_password()
    try:
        cognito.admin_create_user(UserPoolId=pool, Username=username, UserAttributes=attributes, **quiet)
    except cognito.exceptions.UsernameExistsException:
        cognito.admin_update_user_attributes(UserPoolId=pool, Username=username, UserAttributes=attributes)
    if password:
        cognito.admin_set_user_password(UserPoolId=pool, Username=username, Password=password, Permanent=True)
    held = cognito.admin_list_groups_for_user(UserPoolId=pool, Username=username)["Groups"]
    for group in held:
        if group["GroupName"] not in roles:
            cognito.admin_remove_user_from_group(UserPoolId=pool, Username=username, GroupName=group["GroupName"])
    for role in roles:
        cognito.admin_add_user_to_group(UserPoolId=pool, Username=username, GroupName=role)
    item = {
        "pk": {"S": "STAFF"},
        "sk": {"S": username},
        "type": {"S": "staff"},
        "name": {"S": name},
        "email": {"S": email},
        "roles": {"S": json.dumps(sorted(roles))},
        "kept_because": {"S": "works here"},
    }
    aws.client("dynamodb").put_item(TableName=place["Table"], Item=item)


def remove(aws: Aws, place: Mapping[str, str], username: str) -> None:
    cognito = aws.client("cognito-idp")
    try:
        cognito.admin_user_global_sign_out(UserPoolId=place["UserPoolId"], Username=username)
        cognito.admin_delete_user(UserPoolId=place["UserPoolId"], Username=username)
    except cognito.exceptions.UserNotFoundException:
        print("That person is not in the user pool; the directory entry is removed if there is one.")
    key = {"pk": {"S": "STAFF"}, "sk": {"S": username}}
    aws.client("dynamodb").delete_item(TableName=place["Table"], Key=key)


def listing(aws: Aws, place: Mapping[str, str]) -> list[dict[str, Any]]:
    found = aws.client("dynamodb").query(
        TableName=place["Table"],
        KeyConditionExpression="pk = :staff",
        ExpressionAttributeValues={":staff": {"S": "STAFF"}},
    )
    return [
        {"username": row["sk"]["S"], "name": row["name"]["S"], "roles": json.loads(row["roles"]["S"])}
        for row in found["Items"]
    ]


def _place(stack: str, region: str) -> tuple[Aws, Mapping[str, str]]:
    if stack:
        aws = Aws(region)
        place = outputs(aws, stack)
    else:
        run = local_dir() / "run.json"
        if not run.exists():
            raise SystemExit("No local stack is running: start it with `make run`, or name one with --stack.")
        local = json.loads(run.read_text())
        aws = Aws("eu-west-2", local["endpoint_url"])
        place = outputs(aws, local["stack"])
    if place is None:
        raise SystemExit(f"There is no stack {stack} in {region}.")
    return aws, place


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--stack", default="", help="a stack on AWS; without it the local one")
    parser.add_argument("--region", default="eu-west-2")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list")
    adding = commands.add_parser("add")
    adding.add_argument("username")
    adding.add_argument("--name", required=True)
    adding.add_argument("--email", required=True)
    adding.add_argument("--role", action="append", required=True, choices=ROLES)
    commands.add_parser("remove").add_argument("username")
    options = parser.parse_args(arguments)
    aws, place = _place(options.stack, options.region)
    if options.command == "add":
        add(aws, place, options.username, options.name, options.email, options.role)
    elif options.command == "remove":
        remove(aws, place, options.username)
    else:
        for row in listing(aws, place):
            print(f"{row['username']:24} {row['name']:28} {', '.join(row['roles'])}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
