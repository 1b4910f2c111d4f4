"""GOV.UK Notify through its own client: e-mail, text message and letter. What was refused is told by Notify's name for
it, never by its text, for that may hold the address."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from .mail import MailRefused

ADDRESS_LINES = 7
LONGEST_TEXT = 918  # six parts, as Notify counts them


class Notify:
    """`key` gives the API key of the service at Notify; `policy` are the templates of `policy/post.json`."""

    def __init__(self, policy: Mapping[str, Any], key: Callable[[], str]) -> None:
        self._policy, self._key = policy, key
        self._known: Any = None

    def send(self, to: str, subject: str, text: str, html: str) -> None:
        """An e-mail. Notify makes its HTML from the text."""
        self._call(
            "send_email_notification",
            email_address=to,
            template_id=self._policy["email_template"],
            personalisation={"subject": subject, "body": text},
        )

    def text(self, to: str, words: str) -> None:
        self._call(
            "send_sms_notification",
            phone_number=to,
            template_id=self._policy["text_template"],
            personalisation={"body": words[:LONGEST_TEXT]},
        )

    def letter(self, address: Sequence[str], subject: str, paragraphs: Sequence[str]) -> None:
        """Printed and posted by Notify. `address` begins with the name; the last line is the postcode."""
        kept = [*address[: ADDRESS_LINES - 1], address[-1]] if len(address) > ADDRESS_LINES else list(address)
        lines = {f"address_line_{number}": line for number, line in enumerate(kept, 1)}
        body = "\n\n".join(paragraphs)
        self._call(
            "send_letter_notification",
            template_id=self._policy["letter_template"],
            personalisation={**lines, "subject": subject, "body": body},
        )

    def _call(self, name: str, **values: Any) -> None:
        from notifications_python_client.errors import HTTPError

        try:
            getattr(self._client(), name)(**values)
        except HTTPError as error:
            found = error.message
            names = [str(one.get("error", "")) for one in found if isinstance(one, Mapping)] if found else []
            raise MailRefused(next(iter(names), "") or f"HTTP{error.status_code}") from None
        except (AssertionError, ValueError) as error:  # a key that is none
            raise MailRefused(type(error).__name__) from None

    def _client(self) -> Any:
        if self._known is None:
            from notifications_python_client import notifications

            make: Any = notifications.NotificationsAPIClient
            self._known = make(self._key(), base_url=self._policy["url"], timeout=5)
        return self._known
