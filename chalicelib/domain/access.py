"""Who may do what: one table, role × action, in `policy/roles.json`. Every route and every command names its action."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .errors import NotAllowed
from .model import Actor, Case, Task

PUBLIC = "public"


class Access:
    """The table of `policy/roles.json`, with included roles resolved. Raises KeyError for an action that it lacks."""

    def __init__(self, roles: Mapping[str, Any]) -> None:
        self._includes: dict[str, list[str]] = {name: role.get("includes", []) for name, role in roles["roles"].items()}
        self._actions: dict[str, frozenset[str]] = {name: frozenset(who) for name, who in roles["actions"].items()}

    def held(self, roles: Iterable[str]) -> frozenset[str]:
        """The roles a person has, and those that these include (a manager may do an officer's work)."""
        seen: set[str] = set()
        waiting = [role for role in roles if role in self._includes]
        while waiting:
            role = waiting.pop()
            if role not in seen:
                seen.add(role)
                waiting.extend(self._includes[role])
        return frozenset(seen)

    def may(self, roles: Iterable[str], action: str) -> bool:
        who = self._actions[action]
        return PUBLIC in who or bool(self.held(roles) & who)

    def is_public(self, action: str) -> bool:
        return PUBLIC in self._actions[action]

    def require(self, actor: Actor, action: str) -> None:
        """Raises NotAllowed unless one of the actor's roles has the action."""
        if not self.may(actor.roles, action):
            raise NotAllowed

    @property
    def actions(self) -> frozenset[str]:
        return frozenset(self._actions)

    def may_see(self, actor: Actor, case: Case) -> bool:
        """Whether the actor may open this case (UK GDPR Art 5(1)(f), need to know).

        Information Governance and audit see every case; a service manager those given to them or to their role. A
        narrow case is seen by those named in it, by whoever has its tasks, and by the few with `case.view_narrow`; one
        that was shut by those named in it and these few only. Nobody sees a case that is about them.
        """
        if actor.id in case.kept_out:
            return False
        few = case.narrow or bool(case.only_named)
        if actor.id in case.people or self.may(actor.roles, "case.view_narrow" if few else "case.view_all"):
            return True
        return not case.only_named and bool(self.held(actor.roles) & case.roles)

    def may_do(self, actor: Actor, task: Task) -> bool:
        """Whether the task is on this person's desk: their role, and theirs or nobody's yet, and not excluded."""
        if task.role not in self.held(actor.roles) or actor.id in task.not_by:
            return False
        return not task.person or task.person == actor.id or self.may(actor.roles, "task.decide_for_others")
