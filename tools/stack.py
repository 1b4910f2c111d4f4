"""Creates or updates the stack from the package, on AWS or in the local engine: the same steps for both."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from .template import without_tls

CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]
PATIENCE = 1800


class Aws:
    """Clients for one place: AWS with the operator's own credentials, or an engine at `endpoint`."""

    def __init__(self, region: str, endpoint: str = "") -> None:
        self.region, self.endpoint = region, endpoint
        keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test"} if endpoint else {}
        self._session = boto3.session.Session(region_name=region, **keys)

    def client(self, name: str) -> Any:
        config = Config(retries={"mode": "standard", "max_attempts": 5}, s3={"addressing_style": "path"})
        return self._session.client(name, endpoint_url=self.endpoint or None, config=config)


def outputs(aws: Aws, stack: str) -> dict[str, str] | None:
    """The outputs of the stack, or None when there is no such stack."""
    try:
        found = aws.client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]
    except ClientError as error:
        if "does not exist" in str(error):
            return None
        raise
    return {row["OutputKey"]: row["OutputValue"] for row in found.get("Outputs", ())}


def put(aws: Aws, stack: str, package: Path, bucket: str, parameters: Mapping[str, str]) -> dict[str, str]:
    """Upload the package and bring the stack to it; returns its outputs. Raises SystemExit with the reasons."""
    template_url = _upload(aws, package, bucket)
    cloudformation = aws.client("cloudformation")
    given = [{"ParameterKey": name, "ParameterValue": value} for name, value in parameters.items()]
    wanted = {
        "StackName": stack,
        "TemplateURL": template_url,
        "Capabilities": CAPABILITIES,
        "Parameters": given,
    }
    if outputs(aws, stack) is None:
        cloudformation.create_stack(**wanted)
    else:
        try:
            cloudformation.update_stack(**wanted)
        except ClientError as error:
            if "No updates are to be performed" not in str(error):
                raise
    return _settled(aws, stack)


def _upload(aws: Aws, package: Path, bucket: str) -> str:
    """Put code and template where CloudFormation finds them, under names that change with what is in them."""
    s3 = aws.client("s3")
    try:
        s3.head_bucket(Bucket=bucket)
    except ClientError:
        s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": aws.region})
        blocked = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
        s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=dict.fromkeys(blocked, True))
    code = (package / "deployment.zip").read_bytes()
    key = f"{hashlib.sha256(code).hexdigest()[:32]}.zip"
    s3.put_object(Bucket=bucket, Key=key, Body=code)
    template = json.loads((package / "sam.json").read_text())
    if aws.endpoint:
        template = without_tls(template)
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = {"Bucket": bucket, "Key": key}
    body = json.dumps(template).encode()
    name = f"{hashlib.sha256(body).hexdigest()[:32]}.json"
    s3.put_object(Bucket=bucket, Key=name, Body=body)
    if aws.endpoint:
        return f"{aws.endpoint}/{bucket}/{name}"
    return f"https://{bucket}.s3.{aws.region}.amazonaws.com/{name}"


def _settled(aws: Aws, stack: str) -> dict[str, str]:
    cloudformation = aws.client("cloudformation")
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        found = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
        status = found["StackStatus"]
        if status in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
            return {row["OutputKey"]: row["OutputValue"] for row in found.get("Outputs", ())}
        if "PROGRESS" not in status:
            break
        time.sleep(0.2 if aws.endpoint else 5)
    events = cloudformation.describe_stack_events(StackName=stack)["StackEvents"]
    reasons = [
        f"  {event['LogicalResourceId']}: {event.get('ResourceStatusReason', event['ResourceStatus'])}"
        for event in events
        if event["ResourceStatus"].endswith("FAILED")
    ]
    raise SystemExit("The stack could not be brought up:\n" + "\n".join(reasons[:10]))
