"""What runs by itself, deployed and with its own permissions: the morning's digest, the round, and what is counted."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest

from tools.demo import settle
from tools.travel import travel

from ..support.stack import Stack
from .test_stack import EXAMPLE, call, wait_for
from .visitor import Visitor

pytestmark = [pytest.mark.deployed, pytest.mark.xdist_group("stack")]

LONG_AGO = 400


def counted(stack: Stack) -> list[tuple[str, str]]:
    """Where each case is counted (kind and month), and under which number."""
    pages = (
        stack.client("dynamodb")
        .get_paginator("scan")
        .paginate(
            TableName=stack.run["table"],
            FilterExpression="begins_with(pk, :figures)",
            ExpressionAttributeValues={":figures": {"S": "FIGURES#"}},
        )
    )
    return [(item["pk"]["S"], item["sk"]["S"]) for page in pages for item in page["Items"]]


def test_the_morning_writes_to_staff_and_publishes_what_is_old_enough(stack: Stack) -> None:
    first = stack.function("Morning")
    assert set(first) == {"sent", "published"}
    assert stack.function("Morning")["published"] == 0, "a quarter is published once"
    page = Visitor(stack.run["resident_url"]).get("performance")
    assert page.status == 200
    assert "Nothing came in from" in page.text, "it is published, and nothing of it is about fewer than five"


def test_a_case_that_moves_to_another_month_is_counted_there_and_nowhere_else(stack: Stack) -> None:
    """Whoever corrects the day on which something came moves it to another month of the figures."""
    status, made, _ = call(stack, "POST", "/v1/complaints", EXAMPLE)
    assert status == 201
    settle(stack.run)
    before = {number for _, number in counted(stack)}
    travel(stack.run, made["reference"], LONG_AGO)
    month = (date.today() - timedelta(days=LONG_AGO)).isoformat()[:7]

    def moved() -> bool:
        return any(place.endswith(month) and number in before for place, number in counted(stack))

    stack.function("Reconcile")
    wait_for(moved)
    twice = [number for number, times in Counter(number for _, number in counted(stack)).items() if times > 1]
    assert not twice, "each case is counted once"
