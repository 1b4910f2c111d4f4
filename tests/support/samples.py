"""Fictional people and what they send. Every personal value is a canary: it must turn up nowhere it does not belong."""

from __future__ import annotations

from typing import Any

from chalicelib.domain.model import Actor, Person

ANSWERS: dict[str, Any] = {
    "name": "Wren Quillfeather",
    "on_behalf_of": "my_child",
    "subject_name": "Robin Quillfeather",
    "relationship": "Ospreymother",
    "what_happened": "Zebrafinch: the worker missed two visits and nobody called back.",
    "when_happened": "Kestrelweek in October",
    "outcome_wanted": "Goldcrest: please tell us who visits now.",
    "contact_way": "email",
    "email": "wren.quillfeather@example.org",
    "safe_contact": "Nightjar: never ring the house.",
    "adjustments": "Lapwing: large print, please.",
}
BY_POST: dict[str, Any] = {
    **{name: value for name, value in ANSWERS.items() if name not in ("email", "contact_way")},
    "contact_way": "post",
    "address": "7 Dunlin Row, Bolton",
}
PRIVATE_WORDS = (
    "Quillfeather",
    "Ospreymother",
    "Zebrafinch",
    "Kestrelweek",
    "Goldcrest",
    "wren.quillfeather",
    "Nightjar",
    "Lapwing",
    "Dunlin",
    "Bitternfinding",
    "Siskinremedy",
    "Pipitreason",
    "Whinchatpoint",
    "Ouzelchange",
    "Twiteservice",
    "Dotterelwords",
)

OFFICER = Actor("olive.officer", "Olive Officer", "olive.officer@council.example", frozenset({"ig_officer"}))
OFFICER_TWO = Actor("omar.officer", "Omar Officer", "omar.officer@council.example", frozenset({"ig_officer"}))
SERVICE = Actor("sana.service", "Sana Service", "sana.service@council.example", frozenset({"service_manager"}))
SERVICE_TWO = Actor("seth.service", "Seth Service", "seth.service@council.example", frozenset({"service_manager"}))
MANAGER = Actor("mona.manager", "Mona Manager", "mona.manager@council.example", frozenset({"ig_manager"}))
MANAGER_TWO = Actor("milo.manager", "Milo Manager", "milo.manager@council.example", frozenset({"ig_manager"}))
DPO = Actor("dina.dpo", "Dina Dpo", "dina.dpo@council.example", frozenset({"dpo"}))
BOTH = Actor("bo.both", "Bo Both", "bo.both@council.example", frozenset({"ig_manager", "service_manager"}))
AUDITOR = Actor("ada.auditor", "Ada Auditor", "ada.auditor@council.example", frozenset({"auditor"}))
STAFF = (OFFICER, OFFICER_TWO, SERVICE, SERVICE_TWO, MANAGER, MANAGER_TWO, DPO, BOTH, AUDITOR)
PEOPLE = tuple(Person(actor.id, actor.name, actor.email, actor.roles) for actor in STAFF)

WHO = {
    "complaint.triage": OFFICER,
    "complaint.investigate": SERVICE,
    "complaint.approve": MANAGER,
    "review.look": MANAGER_TWO,
}
POINT = "Whinchatpoint: two visits were missed."
FINDING = {
    "point": POINT,
    "finding": "upheld",
    "why": "The worker was ill and nobody took over.",
    "remedy": "Siskinremedy: a new worker comes from Monday.",
}


def found(finding: str, *points: str) -> dict[str, Any]:
    """An answer that finds the same of each point."""
    rows = [{"point": point, "finding": finding, "why": "The diary shows it."} for point in points or (POINT,)]
    return {"findings": rows, "answer": "We looked into it."}


REASON = "Pipitreason: this is what the record shows."
DECISIONS: dict[tuple[str, str], dict[str, Any]] = {
    ("complaint.triage", "accept"): {
        "procedure": "corporate",
        "why_procedure": "It is about early help.",
        "assign_to": "any",
        "points": [POINT],
    },
    ("complaint.triage", "not_a_complaint"): {"explanation": "Dotterelwords: your worker will call you this week."},
    ("complaint.investigate", "answer_drafted"): {
        "findings": [FINDING],
        "answer": "Bitternfinding: we are sorry. Two visits were missed.",
    },
    ("complaint.investigate", "wrong_service"): {"who_instead": "Twiteservice: the attendance team."},
    ("complaint.approve", "approve"): {"all_points_answered": True},
    ("complaint.approve", "return"): {"changes_wanted": "Ouzelchange: say who comes on Monday."},
}
# How each right may be answered: what is filled in besides the words, by finding.
GIVEN = {"what": "4 letters of 2026", "decision": "disclose"}
HELD = {
    "what": "A note of 3 March",
    "decision": "withhold",
    "exemption": "third_party",
    "reason": "It names who called.",
    "consent": "refused",
    "fairness": "They called in trust.",
}
ANSWERED: dict[str, dict[str, dict[str, Any]]] = {
    "access": {
        "granted": {"items": [GIVEN]},
        "partly_granted": {"items": [GIVEN, HELD]},
        "refused": {"items": [HELD]},
    },
    "rectification": {
        "granted": {"how": "accept", "evidence": "The letter."},
        "partly_granted": {"how": "statement", "evidence": "Two letters.", "statement": "They say the 3rd."},
        "refused": {"how": "refuse", "evidence": "The letter."},
    },
    "erasure": {
        "granted": {"ground": "unlawful", "exception": "no"},
        "partly_granted": {"ground": "no_longer_needed", "exception": "claims", "still_needed": "The last year."},
        "refused": {"ground": "none", "exception": "no"},
    },
    "restriction": {
        "granted": {"ground": "accuracy", "until": "Until we know."},
        "partly_granted": {"ground": "objection", "until": "Until it is weighed."},
        "refused": {"ground": "none"},
    },
    "portability": {
        "granted": {"basis": "consent", "automated": "yes", "how_given": "A file, to them."},
        "partly_granted": {"basis": "other", "automated": "yes"},
        "refused": {"basis": "other", "automated": "no"},
    },
    "objection": {
        "granted": {"their_reasons": "They moved.", "ours": "none", "balance": "Nothing outweighs it."},
        "partly_granted": {"their_reasons": "They moved.", "ours": "claims", "balance": "One claim is open."},
        "refused": {"their_reasons": "None given.", "ours": "compelling", "balance": "A child may come to harm."},
    },
    "automated_decision": {
        finding: {"was_there": "no", "looked_again": "The team leader."}
        for finding in ("granted", "partly_granted", "refused")
    },
    "consent": {
        "granted": {"used": "yes", "stops": "The photo."},
        "partly_granted": {"used": "no", "stops": "The photo is taken off all the same."},
        "refused": {"used": "no", "stops": "Nothing: it was never used."},
    },
}


def answered(right: str, finding: str, answer: str = "This is what we did.", reasons: str = "") -> dict[str, Any]:
    """A draft that fits: what is decided for a right, with the words for the person."""
    why = {} if finding == "granted" else {"reasons": reasons or "The law keeps some of it."}
    return {"finding": finding, "answer": answer, **why, **ANSWERED[right][finding]}


STRAIGHT = (
    ("complaint.triage", "accept"),
    ("complaint.investigate", "answer_drafted"),
    ("complaint.approve", "approve"),
)
REFUSED = (("complaint.triage", "not_a_complaint"),)
LOOPS = (
    ("complaint.triage", "accept"),
    ("complaint.investigate", "wrong_service"),
    ("complaint.triage", "accept"),
    ("complaint.investigate", "answer_drafted"),
    ("complaint.approve", "return"),
    ("complaint.investigate", "answer_drafted"),
    ("complaint.approve", "approve"),
)
