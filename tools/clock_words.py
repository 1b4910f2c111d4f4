"""What a row of `policy/deadlines.json` means, in words: what starts, holds and moves it, its dates, its reminders."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from chalicelib.domain.clock.period import DUE, NOTIFY, OUTER
from chalicelib.domain.clock.rules import Regime
from chalicelib.domain.clock.words import NUMBERS, plural

WHO = {
    "owner": "the owner",
    "manager": "the manager",
    "dpo": "the data protection officer",
    "requester": "the person who asked",
}
NEXT_DAY = "then on to the next working day if it falls on none"


def plain(name: str) -> str:
    """The name of an event or a state as words: `id_requested` is `id requested`."""
    return name.replace("_", " ")


def coded(names: Sequence[str]) -> str:
    """Names as a person types them, or a dash for none."""
    return " or ".join(f"`{name}`" for name in names) or "–"


def listed(names: Sequence[str]) -> str:
    """`the owner`, `the owner and the manager`."""
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def quoted(text: str) -> str:
    """A text of the policy as it is said, with the places that are filled in shown as such."""
    return f"“{text.format(day='(day)', days='(days)')}”"


def movements(regime: Regime) -> list[str]:
    """What starts the count of a regime, what holds it, and what makes it longer; one sentence or two each."""
    method: str = regime.row["method"]
    begins = f"It counts from what is given as `received`: {quoted(regime.row['words']['received'])}"
    if method == "retention":
        return [
            f"{begins} That is the first closure. A later `closed` takes its place.",
            "`reopened` takes the day away until the next `closed`.",
            "`hold_placed` holds it until as many `hold_released` have come. "
            "A hold that ends before the day moves nothing.",
        ]
    if method == "hours":
        return [f"{begins} It is an instant, given with its time zone.", "No event holds it or makes it longer."]
    said = [f"{begins} That is a day in London, whatever the hour, and any day of the week."]
    gates = regime.row.get("gates", ())
    said += [_gate(gate) for gate in gates]
    if gates:
        said.append("The count starts on the latest of these days and the receipt.")
    if "restart" in regime.row:
        said.append(_restart(regime.part("restart")))
    if "pause" in regime.row:
        said.append(_pause(regime.part("pause")))
    if "extension" in regime.row:
        said.append(_extension(regime))
    missing = {"pause": "holds the count", "extension": "makes it longer"}
    nothing = [words for part, words in missing.items() if part not in regime.row]
    return [*said, f"No event {' or '.join(nothing)}."] if nothing else said


def _gate(gate: Mapping[str, Any]) -> str:
    which = "first" if gate["takes"] == "earliest" else "last"
    return (
        f"After `{gate['asked']}` it does not start before `{gate['given']}`, the {which} that is enough. Until then "
        f"it is `{gate['status']}`: {quoted(gate['words'])}"
    )


def _restart(rule: Mapping[str, Any]) -> str:
    return (
        f"`{rule['answered']}` starts the count again, the last one if there are several: {quoted(rule['words'])} "
        f"After `{rule['asked']}` the date stays, and it is `{rule['status']}`: {quoted(rule['asked_words'])}"
    )


def _pause(rule: Mapping[str, Any]) -> str:
    only = [f"the {name} is {' or '.join(allowed)}" for name, allowed in rule.get("only", {}).items()]
    return (
        f"From `{rule['asked']}` to `{rule['answered']}` it stands still"
        f"{', only if ' + listed(only) if only else ''}. Until the answer there is no date, and it is "
        f"`{rule['status']}`: {quoted(rule['words'])} Then the days are added, before the one move to a working day: "
        f"{quoted(rule['counted'])}"
    )


def _extension(regime: Regime) -> str:
    rule = regime.part("extension")
    limit = f" on or before the date `{NOTIFY}`" if regime.has(NOTIFY) else " in time"
    return (
        f"`{rule['notice']}`{limit} makes it longer by {amount(rule['add'])}, counted from the same start: "
        f"{quoted(rule['words'])} A later notice changes nothing."
    )


def amount(count: Mapping[str, int]) -> str:
    """`{"working_days": 5}` as `five working days`."""
    unit, number = next(iter(count.items()))
    return plural(number, unit) + (" on which our offices are open" if unit == "open_days" else "")


def dates(regime: Regime) -> Iterator[tuple[str, str, str, str, str]]:
    """For each date its name, what is due, how it is counted, what meets it, and whether there are reminders."""
    laddered = bool(regime.row["ladder"])
    for part in regime.row["dates"]:
        name: str = part["name"]
        how, met, promised = _counted(regime, part)
        if "source" in part:
            how += f". Source: {part['source']}"
        yield name, part["label"], how, coded(met), "yes" if promised and laddered else "no"


def _counted(regime: Regime, part: Mapping[str, Any]) -> tuple[str, Sequence[str], bool]:
    method: str = regime.row["method"]
    if method == "retention":
        return (
            "the years of its retention class after the last closure, or the end of the last hold if that is later; "
            "never moved off a weekend or a bank holiday",
            (),
            True,
        )
    if method == "hours":
        how = f"{amount(regime.row['period'])} after the instant; nights, weekends and bank holidays count"
        return how, part.get("met_by", ()), True
    if method == "period":
        return _of_period(regime, part["name"])
    return _of_dates(part), part.get("met_by", ()), not part.get("limit")


def _of_dates(part: Mapping[str, Any]) -> str:
    if "from_last" in part:
        origin = f"the last {' or '.join(f'`{name}`' for name in part['from_last'])}"
    elif part["from"] == "received":
        origin = "receipt"
    else:
        origin = f"the date `{part['from']}`" if part["from"] != part.get("when") else f"the first `{part['from']}`"
    said = [f"{amount(part['add'])} after {origin}" if "add" in part else f"the day of {origin} itself"]
    if part.get("shift_days"):
        shifted = f"counted from the day {'before' if part['shift_days'] < 0 else 'after'} it"
        said.append(shifted)
    if part.get("roll"):
        said.append(NEXT_DAY)
    elif not {"working_days", "open_days"} & set(part.get("add", ())):
        said.append("never moved off a weekend or a bank holiday")
    if "when" in part and part["when"] != part.get("from"):
        said.append(f"only after `{part['when']}`")
    if "replaced_by" in part:
        said.append(f"gone when `{part['replaced_by']}` happens by then")
    if "unless" in part:
        said.append(f"only without `{part['unless']}`")
    return ", ".join(said)


def _of_period(regime: Regime, name: str) -> tuple[str, Sequence[str], bool]:
    met = regime.row.get("met_by", ())
    length, roll = amount(regime.row["period"]), f", {NEXT_DAY}" if regime.calendar is not None else ""
    if name == DUE:
        return f"{length} after the start, longer by an extension and by each pause{roll}", met, True
    if name == OUTER:
        return f"as `{DUE}`, but the day of a question does not count either", met, False
    if name == NOTIFY:
        notice = [regime.part("extension")["notice"]] if "extension" in regime.row else []
        return f"{length} after the start, longer by each pause and never by an extension{roll}", [*notice, *met], False
    days = plural(regime.part("target")["days"], "days")
    return f"{days} after receipt, whatever happens; never moved off a weekend or a bank holiday", met, False


def reminders(ladder: Sequence[Mapping[str, Any]]) -> list[str]:
    """A ladder in words, one rung each: when, and who is told."""
    return [f"{_when(rung)}: {listed([WHO[to] for to in rung['to']])}." for rung in ladder]


def _when(rung: Mapping[str, Any]) -> str:
    times: int = rung.get("times", 1)
    match rung["at"]:
        case "half":
            return "Half-way between the start of the count and the date"
        case "before":
            return f"{plural(rung['working_days'], 'working_days').capitalize()} before the date"
        case "on_the_day":
            return "On the day of the date"
        case "hours_before":
            return f"{plural(rung['hours'], 'hours').capitalize()} before the hour" if rung["hours"] else "At the hour"
        case "after" if times == 1:
            return "On the first working day after the date"
        case "after":
            return f"On each of the first {plural(times, 'working_days')} after the date"
        case "waiting" if times > 1:
            every = plural(rung["every"], "days")
            first = plural(rung["days"], "days")
            return f"After {first} of waiting, and then every {every}, {NUMBERS[times]} times in all"
    return f"After {plural(rung['days'], 'days')} of waiting"
