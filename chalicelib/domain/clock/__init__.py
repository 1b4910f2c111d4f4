"""Every legal date, computed once, rightly, and explained. Pure: the standard library only, no wall clock.

`load` reads the policy, `compute` answers with all dates of a matter, `alerts` says when to remind whom.
"""

from __future__ import annotations

from .days import add_months, london_date
from .engine import compute
from .ladder import alerts
from .period import unasked
from .rules import Rules, calendar_warning, load
from .values import Alert, Clock, ClockError, Happening, LegalDate, PolicyError

__all__ = [
    "Alert",
    "Clock",
    "ClockError",
    "Happening",
    "LegalDate",
    "PolicyError",
    "Rules",
    "add_months",
    "alerts",
    "calendar_warning",
    "compute",
    "load",
    "london_date",
    "unasked",
]
