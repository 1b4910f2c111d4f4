"""Mail through SES, plain text and HTML. What was refused is told by its code, never by its text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from ..domain.language import Language


class MailRefused(Exception):
    """SES did not take the message; the code says why, the address is not in it."""


class Ses:
    def __init__(self, sender: str, client: Any) -> None:
        self._sender, self._client = sender, client

    def send(self, to: str, subject: str, text: str, html: str) -> None:
        from botocore.exceptions import BotoCoreError, ClientError

        body = {"Text": {"Data": text, "Charset": "UTF-8"}, "Html": {"Data": html, "Charset": "UTF-8"}}
        content = {"Simple": {"Subject": {"Data": subject, "Charset": "UTF-8"}, "Body": body}}
        try:
            self._client().send_email(FromEmailAddress=self._sender, Destination={"ToAddresses": [to]}, Content=content)
        except ClientError as error:
            raise MailRefused(error.response["Error"]["Code"]) from None
        except BotoCoreError as error:
            raise MailRefused(type(error).__name__) from None


def compose(
    council: Mapping[str, Any], subject: str, paragraphs: Sequence[str], link: str, language: Language | None = None
) -> tuple[str, str]:
    """Plain text and accessible HTML of a message: one column, real headings, the link written out in full."""
    spoken = language or Language()
    sender = [council["name"], council["service"], council["phone"]]
    text = "\n\n".join([*paragraphs, *([link] if link else []), "\n".join(sender)]) + "\n"
    body = "".join(f"<p>{escape(paragraph)}</p>" for paragraph in paragraphs)
    if link:
        body += f'<p><a href="{escape(link, quote=True)}">{escape(link)}</a></p>'
    html = (
        f'<!doctype html><html lang="{spoken.code}" dir="{spoken.direction}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(subject)}</title></head>"
        '<body style="margin:0;padding:16px;font:19px/1.5 Helvetica,Arial,sans-serif;color:#0b0c0c;background:#ffffff">'
        f'<main style="max-width:36em"><h1 style="font-size:24px">{escape(subject)}</h1>{body}'
        f"<p>{'<br>'.join(escape(line) for line in sender)}</p></main></body></html>"
    )
    return text, html
