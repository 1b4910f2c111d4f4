"""Builds the services once per process. Nothing else reads the environment."""

from __future__ import annotations

import os
from functools import cache, lru_cache
from typing import Any

from .adapters import languages
from .adapters.documents import S3Documents
from .adapters.identity import UserPool
from .adapters.mail import Ses
from .adapters.policies import PolicyFiles
from .adapters.post import Post
from .adapters.scanner import chosen
from .adapters.schemas import SchemaFiles
from .adapters.secrets import RandomIds, SecretKeys, WallClock
from .adapters.workflows import StepFunctions
from .domain.policy import Book
from .domain.ports import Services, Settings

_installed: list[Services] = []


def install(given: Services) -> None:
    """Use these services in this process from now on, whatever the environment says: for tests and tools."""
    _installed[:] = [given]


def services() -> Services:
    """The services of this process."""
    return _installed[0] if _installed else _from_environment()


@lru_cache(maxsize=1)
def _from_environment() -> Services:
    """Built from the environment that the template sets. Calls no AWS service."""
    from .adapters.repository import Table
    from .adapters.table import use_table

    clock = WallClock()
    schemas = SchemaFiles()
    policy = PolicyFiles(schemas).read
    site_url = os.environ.get("SITE_URL", "").rstrip("/")
    use_table(os.environ["TABLE"], os.environ.get("AWS_REGION") or os.environ["AWS_DEFAULT_REGION"])
    return Services(
        store=Table(clock),
        clock=clock,
        ids=RandomIds(),
        keys=SecretKeys(os.environ["SECRET_ID"], lambda: client("secretsmanager")),
        book=Book(policy, languages.offered(policy)),
        schemas=schemas,
        workflows=StepFunctions(os.environ["MACHINE_ARN_PREFIX"], lambda: client("stepfunctions")),
        mail=Post(lambda: policy("post"), Ses(os.environ["MAIL_FROM"], lambda: client("sesv2")), _notify_key),
        identity=UserPool(
            issuer=os.environ["TOKEN_ISSUER"],
            keys_url=os.environ["TOKEN_KEYS"],
            client_id=os.environ["CLIENT_ID"],
            sign_in_url=os.environ["SIGN_IN_URL"],
            redirect_url=f"{site_url}/staff/signed-in",
        ),
        documents=S3Documents(os.environ["BUCKET"], lambda: client("s3")),
        scanner=chosen(
            os.environ["SCANNER"], os.environ.get("SCANNER_ADDRESS", ""), os.environ["BUCKET"], lambda: client("s3")
        ),
        settings=Settings(site_url=site_url, stage=os.environ.get("STAGE", "dev")),
    )


def _notify_key() -> str:
    """The API key for GOV.UK Notify, from a secret that the operator made."""
    found: str = client("secretsmanager").get_secret_value(SecretId=os.environ["NOTIFY_SECRET_ID"])["SecretString"]
    return found


@cache
def client(name: str) -> Any:
    """One client per AWS service and process, all from one session; explicit limits, for API time-outs are short."""
    from botocore.config import Config

    retries: Any = {"mode": "standard", "max_attempts": 3}
    limits = Config(connect_timeout=2, read_timeout=5, retries=retries)
    if name == "s3":  # links and forms are signed for the bucket's own host; an emulator has one host for all
        style: Any = {"addressing_style": "path" if os.environ.get("AWS_ENDPOINT_URL") else "virtual"}
        limits = limits.merge(Config(signature_version="s3v4", s3=style))
    return _session().client(name, config=limits)


@lru_cache(maxsize=1)
def _session() -> Any:
    import boto3

    return boto3.session.Session()
