"""The bucket's adapter: what its forms and links allow, and what is taken from its headers."""

from __future__ import annotations

import base64
import json
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.adapters.documents import MOST_NAME, S3Documents, claimed

from ..support import aws
from ..support.uploads import PDF, put

KEY = "FF-222-222-222.1.secret"


@pytest.fixture
def bucket(account: None) -> S3Documents:
    aws.empty_bucket()
    return S3Documents(aws.BUCKET, aws.bucket)


def test_a_form_takes_one_object_of_one_name_and_size_for_minutes(bucket: S3Documents) -> None:
    form = bucket.form(KEY, "https://cases.example.org/sent", 1000, 5)
    policy = json.loads(base64.b64decode(form.fields["policy"]))
    assert ["content-length-range", 0, 1000] in policy["conditions"]
    assert {"key": f"quarantine/{KEY}"} in policy["conditions"]
    assert {"Content-Type": "application/octet-stream"} in policy["conditions"], "no browser runs it"
    assert {"success_action_redirect": "https://cases.example.org/sent"} in policy["conditions"]
    assert [row for row in policy["conditions"] if isinstance(row, list) and row[0] == "starts-with"] == [
        ["starts-with", "$x-amz-meta-name", ""]
    ]


def test_a_link_is_a_download_for_seconds(bucket: S3Documents) -> None:
    query = parse_qs(urlsplit(bucket.link(KEY, 'Brief "é".pdf', 60)).query)
    assert query["X-Amz-Expires"] == ["60"]
    (how,) = query["response-content-disposition"]
    assert how == "attachment; filename=\"Brief _.pdf\"; filename*=UTF-8''Brief%20%22%C3%A9%22.pdf"


def test_nothing_of_an_object_is_left(bucket: S3Documents) -> None:
    form = bucket.form(KEY, "https://cases.example.org/sent", 1000, 5)
    assert bucket.look(KEY) is None
    for _ in range(3):
        put(form, "letter.pdf", PDF)
    found = bucket.look(KEY)
    assert found is not None
    bucket.keep(found, "application/pdf")
    bucket.keep(found, "application/pdf")
    aws.bucket().delete_object(Bucket=aws.BUCKET, Key=f"quarantine/{KEY}")
    other = f"quarantine/{KEY}0"
    aws.bucket().put_object(Bucket=aws.BUCKET, Key=other, Body=b"x")
    bucket.forget(KEY)
    bucket.forget(KEY)
    left = aws.bucket().list_object_versions(Bucket=aws.BUCKET)
    assert [row["Key"] for row in left["Versions"]] == [other], "and nothing of another one"
    assert "DeleteMarkers" not in left


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("letter.pdf", "letter.pdf"),
        ("é.pdf".encode().decode("latin-1"), "é.pdf"),
        ("=?UTF-8?B?w6kucGRm?=", "é.pdf"),
        ("=?UTF-8?Q?=C3=A9.pdf?=", "é.pdf"),
        ("=?no-such-charset?B?w6k=?=", "=?no-such-charset?B?w6k=?="),
        ("", ""),
    ],
)
def test_names_in_headers(header: str, name: str) -> None:
    assert claimed(header) == name


@given(st.text(max_size=400))
def test_no_name_in_a_header_breaks_the_check(header: str) -> None:
    assert len(claimed(header)) <= MOST_NAME
