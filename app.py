from __future__ import annotations

from typing import Any

from chalice import Chalice, Response

app = Chalice(app_name="case-service")


@app.route("/", methods=["GET", "HEAD"])
def start() -> Response:
    return Response("<!doctype html><title>start</title>", headers={"Content-Type": "text/html; charset=utf-8"})


@app.lambda_function()
def open_task(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return {}


@app.lambda_function()
def close_case(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return {}


@app.lambda_function()
def check_clock(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return {}


@app.lambda_function()
def on_change(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return {"batchItemFailures": []}


@app.lambda_function()
def reconcile(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return {}
