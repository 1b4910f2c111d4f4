"""Files that people send, and the bucket's own form handled as S3 handles it: policy, limits and the way back."""

from __future__ import annotations

import base64
import html
import io
import json
import re
import zipfile
from typing import Any

from chalicelib.commands import documents
from chalicelib.domain.ports import UploadForm

from . import aws
from .site import Page
from .world import World

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer<<>>\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR....\0\0\0\0IEND\xaeB`\x82"
JPEG = b"\xff\xd8\xff\xe0\0\x10JFIF....\xff\xd9"
# The EICAR test file, made from pieces so that no file of ours is itself taken for it.
EICAR = "".join(("X5O!P%@AP[4", "\\PZX54(P^)", "7CC)7}$EICAR-", "STANDARD-ANTIVIRUS-", "TEST-FILE!$H+H*")).encode()


def docx(*more: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name in ("[Content_Types].xml", "word/document.xml", *more):
            archive.writestr(name, "<x/>")
    return made.getvalue()


class TooBig(Exception):
    """The bucket says no by itself: EntityTooLarge."""


def put(form: UploadForm, name: str, body: bytes) -> str:
    """What S3 does with a posted form: hold it against its policy, store the object; the address it leads to."""
    policy = json.loads(base64.b64decode(form.fields["policy"]))
    exact = {key: value for row in policy["conditions"] if isinstance(row, dict) for key, value in row.items()}
    for key, value in form.fields.items():
        assert key in exact or key in ("policy", "x-amz-signature", "signature", "AWSAccessKeyId", "x-amz-meta-name")
        assert key not in exact or exact[key] == value
    (most,) = [row[2] for row in policy["conditions"] if isinstance(row, list) and row[0] == "content-length-range"]
    if len(body) > most:
        raise TooBig
    claimed = form.fields["x-amz-meta-name"].replace("${filename}", name)
    aws.bucket().put_object(
        Bucket=aws.BUCKET,
        Key=form.fields["key"],
        Body=body,
        ContentType=form.fields["Content-Type"],
        Metadata={"name": claimed.encode("ascii", "replace").decode()},
    )
    return form.fields["success_action_redirect"]


def form_of(page: Page) -> UploadForm:
    """The bucket's form on a page, as a browser reads it."""
    (found,) = re.findall(
        r'<form method="post" action="([^"]+)" enctype="multipart/form-data">(.*?)</form>', page.body, re.S
    )
    hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', found[1])
    return UploadForm(html.unescape(found[0]), {name: html.unescape(value) for name, value in hidden})


def send(world: World, reference: str, name: str = "letter.pdf", body: bytes = PDF, actor: Any = None) -> int:
    """A file from the person, or from a member of staff for the answer; checked, unless the world stands still."""
    if actor is None:
        number, purpose = documents.begin(world.services, reference), "evidence"
    else:
        number, purpose = documents.begin_answer(world.services, actor, reference), "answer"
    form = documents.upload(world.services, reference, number, purpose, "https://x.example/sent").form
    assert form is not None
    put(form, name, body)
    documents.arrived(world.services, reference, number)
    return number


def request(world: World) -> dict[str, Any]:
    """What somebody sends who wants a copy of their information."""
    row = world.services.book.kind("rights_request")
    example: dict[str, Any] = world.services.schemas.document(row["submission"])["examples"][0]
    return example


def objects() -> set[str]:
    """Every object of which any version or marker is left, by its key."""
    found = aws.bucket().list_object_versions(Bucket=aws.BUCKET)
    return {row["Key"] for row in (*found.get("Versions", ()), *found.get("DeleteMarkers", ()))}


def of_case(reference: str) -> set[str]:
    return {key for key in objects() if f"/{reference}." in key}
