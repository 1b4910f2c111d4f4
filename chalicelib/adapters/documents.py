"""The document bucket behind the domain's `Documents`. Two areas: `quarantine/`, where a form may put one object and
only the check may read, and `clean/`, which holds copies of what was checked. Beside them `certificates/`: copies of
the certificates of disposal, with nobody in them.

The bucket keeps versions, so a form that is used twice makes a second version: what was checked is copied by its
version, and deleting takes all of them.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import quote, urlsplit

from ..domain.ports import Stored, UploadForm

QUARANTINE, CLEAN, CERTIFICATES = "quarantine/", "clean/", "certificates/"
GONE = ("404", "NoSuchKey", "NotFound", "NoSuchVersion")
MOST_NAME = 300
PLAIN = "application/octet-stream"


def claimed(header: str) -> str:
    """The name that the browser gave, from a header: UTF-8 read as Latin-1, or RFC 2047 as S3 writes it."""
    from email.errors import HeaderParseError
    from email.header import decode_header, make_header

    try:
        text = str(make_header(decode_header(header)))
    except (HeaderParseError, LookupError, ValueError):
        text = header
    with contextlib.suppress(ValueError):
        text = text.encode("latin-1").decode("utf-8")
    return text[-MOST_NAME:]


class S3Documents:
    def __init__(self, bucket: str, client: Callable[[], Any]) -> None:
        self._bucket, self._client = bucket, client

    def form(self, key: str, back: str, most_bytes: int, minutes: int) -> UploadForm:
        """The policy takes this key, this size and these fields, and nothing else. The store puts the name of the file
        into `${filename}`: a claim, kept beside the object and believed by nobody."""
        fixed = {"Content-Type": PLAIN, "success_action_redirect": back}
        made = self._client().generate_presigned_post(
            self._bucket,
            QUARANTINE + key,
            Fields={**fixed, "x-amz-meta-name": "${filename}"},
            Conditions=[
                *({name: value} for name, value in fixed.items()),
                ["starts-with", "$x-amz-meta-name", ""],
                ["content-length-range", 0, most_bytes],
            ],
            ExpiresIn=minutes * 60,
        )
        return UploadForm(made["url"], made["fields"])

    def link(self, key: str, name: str, seconds: int) -> str:
        """Always a download (`attachment`), so that no browser runs what is in it."""
        ascii_name = name.encode("ascii", "replace").decode().replace("?", "_").replace('"', "")
        how = f"attachment; filename=\"{ascii_name}\"; filename*=UTF-8''{quote(name, safe='')}"
        link: str = self._client().generate_presigned_url(
            "get_object",
            Params={"Bucket": self._bucket, "Key": CLEAN + key, "ResponseContentDisposition": how},
            ExpiresIn=seconds,
        )
        return link

    def origin(self) -> str:
        made = urlsplit(self.link("origin", "origin", 1))
        return f"{made.scheme}://{made.netloc}"

    def look(self, key: str) -> Stored | None:
        from botocore.exceptions import ClientError

        try:
            found = self._client().head_object(Bucket=self._bucket, Key=QUARANTINE + key)
        except ClientError as error:
            if error.response["Error"]["Code"] in GONE:
                return None
            raise
        name = claimed(found.get("Metadata", {}).get("name", ""))
        return Stored(key, found.get("VersionId", ""), int(found["ContentLength"]), name)

    def read(self, stored: Stored) -> bytes:
        found = self._client().get_object(**self._version(stored))
        body: bytes = found["Body"].read()
        return body

    def keep(self, stored: Stored, media_type: str) -> None:
        self._client().copy_object(
            Bucket=self._bucket,
            Key=CLEAN + stored.key,
            CopySource=self._version(stored),
            MetadataDirective="REPLACE",
            TaggingDirective="REPLACE",
            ContentType=media_type,
        )

    def forget(self, key: str, *, quarantine_only: bool = False) -> None:
        for area in (QUARANTINE,) if quarantine_only else (QUARANTINE, CLEAN):
            for version in self._versions(area + key):
                self._client().delete_object(Bucket=self._bucket, Key=area + key, VersionId=version)

    def erase(self, reference: str) -> None:
        for area in (QUARANTINE, CLEAN):
            for page in self._pages(f"{area}{reference}."):
                objects = [{"Key": row["Key"], "VersionId": row["VersionId"]} for row in page]
                done = self._client().delete_objects(Bucket=self._bucket, Delete={"Objects": objects, "Quiet": True})
                if done.get("Errors"):
                    raise OSError(done["Errors"][0]["Code"])

    def left(self, reference: str) -> int:
        return sum(len(page) for area in (QUARANTINE, CLEAN) for page in self._pages(f"{area}{reference}."))

    def keep_certificate(self, number: int, body: Mapping[str, Any]) -> None:
        text = json.dumps(body, sort_keys=True)
        key = f"{CERTIFICATES}{number:09d}.json"
        self._client().put_object(Bucket=self._bucket, Key=key, Body=text.encode(), ContentType="application/json")

    def certificates(self) -> Iterator[Mapping[str, Any]]:
        pages = self._client().get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=CERTIFICATES)
        for page in pages:
            for row in page.get("Contents", ()):
                found = self._client().get_object(Bucket=self._bucket, Key=row["Key"])
                yield json.loads(found["Body"].read())

    def _version(self, stored: Stored) -> dict[str, str]:
        version = {"VersionId": stored.version} if stored.version else {}
        return {"Bucket": self._bucket, "Key": QUARANTINE + stored.key, **version}

    def _versions(self, key: str) -> Iterator[str]:
        """Every version and delete marker of exactly this object."""
        for page in self._pages(key):
            yield from (row["VersionId"] for row in page if row["Key"] == key)

    def _pages(self, prefix: str) -> Iterator[list[dict[str, str]]]:
        """Every version and delete marker of the objects whose names begin so, a page at a time."""
        for page in self._client().get_paginator("list_object_versions").paginate(Bucket=self._bucket, Prefix=prefix):
            found = [*page.get("Versions", ()), *page.get("DeleteMarkers", ())]
            if found:
                yield found
