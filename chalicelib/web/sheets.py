"""Tables as CSV files that a spreadsheet opens without running anything."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from chalice.app import Response

FORMULA = ("=", "+", "-", "@", "\t", "\r")


def sheet(name: str, rows: Iterable[Sequence[object]]) -> Response:
    """A CSV file (RFC 4180, UTF-8) to be saved as `name`. A text that a spreadsheet would take for a formula begins
    with an apostrophe (CWE-1236)."""
    body = io.StringIO()
    csv.writer(body).writerows([_safe(cell) for cell in row] for row in rows)
    headers = {
        "Content-Type": "text/csv; charset=utf-8",
        "Content-Disposition": f'attachment; filename="{name}.csv"',
        "Cache-Control": "no-store",
    }
    return Response(body.getvalue(), headers=headers)


def _safe(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell
