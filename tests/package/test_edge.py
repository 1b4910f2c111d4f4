"""The door: the API's limits and its own answers, and the staff's user pool."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from html.parser import HTMLParser
from typing import Any

import pytest

from tools.package import ROOT

Json = dict[str, Any]
OfType = Callable[[str], Mapping[str, Json]]
HEADERS = {
    "Content-Security-Policy",
    "Strict-Transport-Security",
    "X-Content-Type-Options",
    "Referrer-Policy",
    "Cache-Control",
}


def test_the_gateway_limits_how_often(of_type: OfType) -> None:
    (api,) = of_type("AWS::Serverless::Api").values()
    (every,) = api["Properties"]["MethodSettings"]
    assert (every["ResourcePath"], every["HttpMethod"]) == ("/*", "*")
    assert 0 < every["ThrottlingRateLimit"] <= 1000
    assert 0 < every["ThrottlingBurstLimit"] <= 2000
    assert not every.get("DataTraceEnabled"), "bodies of requests do not go to a log"


def test_pages_are_compressed_and_served_from_here(of_type: OfType) -> None:
    (api,) = of_type("AWS::Serverless::Api").values()
    assert 0 <= api["Properties"]["MinimumCompressionSize"] <= 1024
    assert api["Properties"]["EndpointConfiguration"] in ("REGIONAL", {"Type": "REGIONAL"})


@pytest.mark.parametrize("kind", ["MISSING_AUTHENTICATION_TOKEN", "DEFAULT_4XX", "DEFAULT_5XX"])
def test_a_mistyped_link_shows_a_page(of_type: OfType, kind: str) -> None:
    answers = [row["Properties"] for row in of_type("AWS::ApiGateway::GatewayResponse").values()]
    (answer,) = [answer for answer in answers if answer["ResponseType"] == kind]
    given = {
        name.removeprefix("gatewayresponse.header."): value for name, value in answer["ResponseParameters"].items()
    }
    assert set(given) >= HEADERS
    assert all(re.fullmatch(r"'[^']*'", value) for value in given.values()), "the gateway takes quoted text only"
    assert given["Content-Type"] == "'text/html; charset=utf-8'"
    assert list(answer["ResponseTemplates"]) == ["application/json"], "the key that both gateways read"
    page = Page()
    page.feed(answer["ResponseTemplates"]["application/json"])
    assert (page.language, page.headings) == ("en", 1)
    if kind == "MISSING_AUTHENTICATION_TOKEN":
        assert answer["StatusCode"] == "404"


def test_the_gateways_own_page_echoes_nothing(of_type: OfType) -> None:
    for row in of_type("AWS::ApiGateway::GatewayResponse").values():
        (page,) = row["Properties"]["ResponseTemplates"].values()
        assert "$" not in page


class Page(HTMLParser):
    language, headings = "", 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "html":
            self.language = dict(attrs).get("lang") or ""
        self.headings += tag == "h1"


def test_nobody_makes_their_own_account(of_type: OfType) -> None:
    (pool,) = of_type("AWS::Cognito::UserPool").values()
    assert pool["Properties"]["AdminCreateUserConfig"] == {"AllowAdminCreateUserOnly": True}
    policy = pool["Properties"]["Policies"]["PasswordPolicy"]
    assert policy["MinimumLength"] >= 12
    assert policy["TemporaryPasswordValidityDays"] <= 7


def test_the_second_factor_is_a_choice_of_the_operator(template: Json, of_type: OfType) -> None:
    (pool,) = of_type("AWS::Cognito::UserPool").values()
    assert pool["Properties"]["MfaConfiguration"] == {"Ref": "SecondFactor"}
    assert set(template["Parameters"]["SecondFactor"]["AllowedValues"]) == {"OFF", "OPTIONAL", "ON"}
    assert template["Parameters"]["SecondFactor"]["Default"] != "OFF"


def test_staff_sign_in_with_a_code_and_no_secret(of_type: OfType) -> None:
    (row,) = of_type("AWS::Cognito::UserPoolClient").values()
    client = row["Properties"]
    assert client["GenerateSecret"] is False
    assert client["AllowedOAuthFlows"] == ["code"]
    assert client["PreventUserExistenceErrors"] == "ENABLED"
    assert client["EnableTokenRevocation"] is True
    flows = set(client["ExplicitAuthFlows"])
    assert not flows & {"ALLOW_USER_PASSWORD_AUTH", "USER_PASSWORD_AUTH"}, "a password goes to the hosted page only"
    assert client["TokenValidityUnits"]["IdToken"] == "minutes"
    assert client["IdTokenValidity"] <= 60


def test_the_pool_has_the_roles_of_the_policy(of_type: OfType) -> None:
    groups = {row["Properties"]["GroupName"] for row in of_type("AWS::Cognito::UserPoolGroup").values()}
    roles = json.loads((ROOT / "policy" / "roles.json").read_text(encoding="utf-8"))["roles"]
    assert groups == set(roles)
