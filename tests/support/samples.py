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
REASON = "Pipitreason: this is what the record shows."
DECISIONS: dict[tuple[str, str], dict[str, Any]] = {
    ("complaint.triage", "accept"): {
        "procedure": "corporate",
        "assign_to": "any",
        "points": "Whinchatpoint: two visits were missed.",
    },
    ("complaint.triage", "not_a_complaint"): {"explanation": "Dotterelwords: your worker will call you this week."},
    ("complaint.investigate", "answer_drafted"): {
        "finding": "upheld",
        "answer": "Bitternfinding: we are sorry. Two visits were missed.",
        "remedy": "Siskinremedy: a new worker comes from Monday.",
    },
    ("complaint.investigate", "wrong_service"): {"who_instead": "Twiteservice: the attendance team."},
    ("complaint.approve", "approve"): {"all_points_answered": True},
    ("complaint.approve", "return"): {"changes_wanted": "Ouzelchange: say who comes on Monday."},
}
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
