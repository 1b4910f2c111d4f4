"""What the privacy notice says, as an answer to an access request must repeat it (UK GDPR Art 15(1))."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any


def of_access(notice: Mapping[str, Any], today: date) -> dict[str, str]:
    """The parts of Art 15(1) in words, by the names that texts use; recipients of the past are left out on `today`
    (London). Complaint to us, regulator and court stand in the letters themselves."""
    recipients = [row for row in notice["recipients"] if not row["until"] or row["until"] >= today.isoformat()]
    return {
        "purposes": _listed(row["words"] for row in notice["purposes"]),
        "categories": _listed(row["words"] for row in notice["categories"]),
        "recipients": _listed(row["words"] for row in recipients),
        "kept": notice["statements"]["retention"]["words"],
        "other_rights": _listed(row["words"] for row in notice["rights"] if "finder" in row),
        "source": notice["statements"]["source"]["words"],
        "automated": notice["statements"]["decisions"]["words"],
    }


def _listed(words: Iterable[str]) -> str:
    return " ".join(words)
