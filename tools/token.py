"""Prints a bearer token of the running local stack for one of its staff: `python -m tools.token USERNAME`."""

from __future__ import annotations

import json
import sys

from .local import REGION, local_dir
from .stack import Aws


def token(username: str) -> str:
    """An ID token (it carries the name and the groups). Raises SystemExit when there is no such person or stack."""
    file = local_dir() / "run.json"
    if not file.exists():
        raise SystemExit("No local stack is running: start it with `make run`.")
    run = json.loads(file.read_text())
    person = next((row for row in run["staff"] if row["username"] == username), None)
    if person is None:
        raise SystemExit("There is no such person. There are: " + ", ".join(row["username"] for row in run["staff"]))
    answer = (
        Aws(REGION, run["endpoint_url"])
        .client("cognito-idp")
        .admin_initiate_auth(
            UserPoolId=run["user_pool_id"],
            ClientId=run["client_id"],
            AuthFlow="ADMIN_USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": username, "PASSWORD": person["password"]},
        )
    )
    found: str = answer["AuthenticationResult"]["IdToken"]
    return found


def main() -> int:
    if len(sys.argv) != 2:
        raise SystemExit((__doc__ or "").strip())
    print(token(sys.argv[1]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
