"""Dates as a calendar file (RFC 5545): references and neutral words only, for it may lie on any phone or server."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime

from chalice.app import Response

LONGEST = 75  # octets of a line, RFC 5545 3.1


@dataclass(frozen=True)
class Entry:
    """A day: `uid` stays the same when the day moves, so that a calendar moves it too."""

    uid: str
    day: date
    summary: str


def calendar(name: str, entries: Iterable[Entry], now: datetime) -> Response:
    """The entries as a file; `now` is an aware instant."""
    stamp = now.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//case service//EN", "CALSCALE:GREGORIAN", "METHOD:PUBLISH"]
    for entry in entries:
        lines += [
            "BEGIN:VEVENT",
            f"UID:{entry.uid}",
            f"DTSTAMP:{stamp}",
            f"DTSTART;VALUE=DATE:{entry.day:%Y%m%d}",
            f"SUMMARY:{_escaped(entry.summary)}",
            "TRANSP:TRANSPARENT",
            "BEGIN:VALARM",
            "ACTION:DISPLAY",
            f"DESCRIPTION:{_escaped(entry.summary)}",
            "TRIGGER:-P1D",
            "END:VALARM",
            "END:VEVENT",
        ]
    lines.append("END:VCALENDAR")
    headers = {
        "Content-Type": "text/calendar; charset=utf-8",
        "Content-Disposition": f'attachment; filename="{name}.ics"',
        "Cache-Control": "no-store",
    }
    return Response("".join(f"{_folded(line)}\r\n" for line in lines), headers=headers)


def _escaped(text: str) -> str:
    plain = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return " ".join(plain.split())


def _folded(line: str) -> str:
    """Lines of at most 75 octets; what goes on begins with a space. No sign is cut in two."""
    parts, rest = [], line
    while len(rest.encode()) > LONGEST:
        size = LONGEST
        while len(rest[:size].encode()) > LONGEST:
            size -= 1
        parts.append(rest[:size])
        rest = f" {rest[size:]}"
    return "\r\n".join([*parts, rest])
