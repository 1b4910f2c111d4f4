"""`make deploy STAGE=dev`: the same package, to AWS, with the operator's own credentials.

Settings come from the environment: `STAGE` (required), `REGION` (eu-west-2), `SITE_URL` (with a custom domain),
`MAIL_FROM` (verified with SES), `SCANNER` (guardduty or clamav), `SCANNER_ADDRESS` (host:port), `SECOND_FACTOR` (OFF,
OPTIONAL or ON; ON by default for the stage `prod`). The first deployment without `SITE_URL` is made twice: only then is
the address known that mail and sign-in need.
"""

from __future__ import annotations

import os
import re
import sys

from botocore.exceptions import BotoCoreError, ClientError

from .package import package
from .stack import Aws, outputs, put


def main() -> int:
    stage = os.environ.get("STAGE", "")
    if not re.fullmatch(r"[a-z][a-z0-9]{0,15}", stage):
        raise SystemExit("Say which stage: make deploy STAGE=dev (small letters and digits, up to 16).")
    region = os.environ.get("REGION", "eu-west-2")
    aws = Aws(region)
    try:
        account = aws.client("sts").get_caller_identity()["Account"]
    except (BotoCoreError, ClientError) as error:
        raise SystemExit(
            f"No AWS credentials that work ({type(error).__name__}). Sign in to AWS, then try again."
        ) from None
    parameters = {
        "Stage": stage,
        "SecondFactor": os.environ.get("SECOND_FACTOR", "ON" if stage == "prod" else "OPTIONAL"),
    }
    if os.environ.get("MAIL_FROM"):
        parameters["MailFrom"] = os.environ["MAIL_FROM"]
    for name, parameter in (("SCANNER", "Scanner"), ("SCANNER_ADDRESS", "ScannerAddress")):
        if os.environ.get(name):
            parameters[parameter] = os.environ[name]
    site = os.environ.get("SITE_URL", "").rstrip("/")
    stack, bucket, built = f"families-first-{stage}", f"families-first-deployments-{account}-{region}", package()
    if not site:
        place = outputs(aws, stack) or put(aws, stack, built, bucket, parameters)
        site = f"https://{place['RestAPIId']}.execute-api.{region}.amazonaws.com/api"
    put(aws, stack, built, bucket, {**parameters, "SiteUrl": site})
    print(f"Deployed. Residents: {site}/  Staff: {site}/staff")
    print(
        f"Add staff: python -m tools.staff --stack {stack} --region {region} add USERNAME --name … --email … --role …"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
