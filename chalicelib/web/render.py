"""Pages from templates that were compiled ahead. Jinja is loaded with the first page."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from chalice.app import Response

from ..bootstrap import services
from ..domain import language, messages, words
from ..domain.clock import london_date
from ..domain.errors import CaseServiceError
from ..domain.language import mark
from .http import Request

HERE = Path(__file__).resolve().parent
BUILT = HERE / "_built"


@lru_cache(maxsize=1)
def environment() -> Any:
    """The Jinja environment: compiled templates where they are built, else the sources. Autoescape is on."""
    from jinja2 import (
        ChainableUndefined,
        ChoiceLoader,
        Environment,
        FileSystemLoader,
        ModuleLoader,
        PackageLoader,
        PrefixLoader,
        UndefinedError,
    )

    class Loud(ChainableUndefined):
        """The macros test names that are not there; printing one of ours that is misspelt must fail all the same."""

        def __str__(self) -> str:
            raise UndefinedError(f"{self._undefined_name!r} is not there")

        __html__ = __str__

    sources = [
        FileSystemLoader(HERE / "templates"),
        PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")}),
    ]
    compiled = BUILT / "templates"
    loaders = [ModuleLoader(compiled)] if compiled.exists() else sources
    found = Environment(
        loader=ChoiceLoader(loaders),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=Loud,
        extensions=["jinja2.ext.i18n"],
    )
    found.policies["ext.i18n.trimmed"] = True
    # Every text of a template is trusted, and what is filled into it is escaped; what is not of a template goes
    # through `said`, which trusts nothing.
    found.install_gettext_callables(  # type: ignore[attr-defined]
        lambda text: language.current().text(text),
        lambda one, many, count: language.current().count(one, many, count),
        newstyle=True,
    )
    found.filters |= {
        "long_date": words.long_date,
        "short_date": words.short_date,
        "day_and_time": words.day_and_time,
        "time_of_day": words.clock_time,
        "day_of": london_date,
        "days_left": words.days_left,
        "said": language.say,
        "barred": messages.barred,
    }
    found.globals["spoken"] = spoken
    return found


def spoken(words: str, more: str) -> Any:
    """Words of a button or link, and more that only those hear who do not see what stands around it."""
    from markupsafe import Markup

    return Markup('{}<span class="govuk-visually-hidden">{}</span>').format(words, more)  # noqa: S704  (it escapes both)


@lru_cache(maxsize=1)
def manifest() -> dict[str, Any]:
    """The built files: `hash` of all of them, and each name's content type."""
    file = BUILT / "manifest.json"
    if not file.exists():
        raise RuntimeError("the front end is not built: run `make setup`")
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return found


def _may(request: Request, action: str) -> bool:
    """Whether whoever is signed in has this action: a page offers nothing that it would refuse."""
    return request.session is not None and services().book.access.may(request.session.actor.roles, action)


def html(request: Request, template: str, *, status: int = 200, **values: Any) -> Response:
    """A whole page. `title` must be among the values; it never holds a name or a reference."""
    council, languages = services().book.council, services().book.languages
    values = {"errors": (), **values}
    body = (
        environment()
        .get_template(template)
        .render(
            brand=council,
            url=request.url,
            static=request.url(f"/static/{manifest()['hash']}"),
            token=request.form_token,
            path=request.path,
            session=request.session,
            may=lambda action: _may(request, action),
            language=language.current(),
            languages=(language.Language(), *languages.values()) if languages else (),
            **{**values, "title": language.say(values["title"]), "errors": [_said(row) for row in values["errors"]]},
        )
    )
    return Response(body, status_code=status, headers={"Content-Type": "text/html; charset=utf-8"})


def _said(row: Mapping[str, Any]) -> dict[str, Any]:
    """A line of the error summary in the language of the page."""
    return {**row, "text": language.say(str(row["text"]))}


TITLES = {
    401: mark("You need to sign in"),
    403: mark("You cannot do that"),
    404: mark("We cannot find that page"),
    405: mark("We cannot find that page"),
    409: mark("Somebody was there before you"),
    413: mark("That is too much to send"),
    415: mark("We cannot read that"),
    422: mark("Something needs to be changed"),
    429: mark("Please wait a while"),
    500: mark("Sorry, something went wrong"),
}


def refusal(request: Request, error: CaseServiceError, **values: Any) -> Response:
    """The page that says no: what happened, what became of the answers, and what to do."""
    response = html(
        request,
        "error.html",
        status=error.status,
        title=TITLES.get(error.status, TITLES[500]),
        message=language.say(error.message),
        problems=getattr(error, "problems", ()),
        **values,
    )
    if hasattr(error, "retry_after"):
        response.headers["Retry-After"] = str(error.retry_after)
    return response


def today() -> date:
    return london_date(services().clock.now())
