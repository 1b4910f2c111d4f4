"""The languages that are offered, each with its compiled catalogue (gettext). A catalogue is built at set-up from
`languages/<code>.po` without what nobody has reviewed."""

from __future__ import annotations

import gettext
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ..domain.errors import PolicyFault
from ..domain.language import Language
from .schemas import ROOT

FOLDER = ROOT / "chalicelib" / "web" / "_built" / "languages"


def offered(read: Callable[[str], Mapping[str, Any]], folder: Path = FOLDER) -> dict[str, Language]:
    """The languages of `policy/languages.json` that residents may choose, by code. Raises PolicyFault for one without a
    catalogue."""
    found = {}
    for row in read("languages")["languages"]:
        if row["offered"]:
            try:
                with (folder / f"{row['code']}.mo").open("rb") as file:
                    catalogue = gettext.GNUTranslations(file)
            except OSError:
                reason = f"the language {row['code']} is offered and has no catalogue"
                raise PolicyFault("policy/languages.json", 0, "/languages", reason) from None
            found[row["code"]] = Language(
                row["code"], row["name"], row["direction"], catalogue.gettext, catalogue.ngettext
            )
    return found
