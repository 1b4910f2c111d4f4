"""The part of the store that finds people: keyed hashes, flags of limited use, cases alike, and who asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from pynamodb.exceptions import TransactWriteError

from ..domain.errors import Conflict
from ..domain.model import Alike, Case, Flagged, Lookup, Party
from . import items, table
from .codec import decode
from .items import case_key
from .rows import Rows, only_conditions, transaction

MOST_FOUND = 50
ROLES = ("requester", "data_subject", "representative")


class Finding(Rows):
    """Finding a person without an index of names."""

    def index(self, case: Case, hashes: Sequence[str]) -> None:
        """Make the case be found by these hashes, while it is there. A transaction of puts, for a batch needs leave to
        delete. Raises Conflict when it is gone."""
        with transaction() as write:
            write.condition_check(table.CaseItem, case_key(case.reference), "CASE", condition=table.Item.pk.exists())
            for hash_ in dict.fromkeys(hashes):
                write.save(items.from_search(case, hash_))

    def cases(self, references: Sequence[str]) -> tuple[Case, ...]:
        """Those of the cases that there are, in one read."""
        keys = [(case_key(reference), "CASE") for reference in dict.fromkeys(references)]
        return tuple(items.to_case(item) for item in self._get_many(keys).values()) if keys else ()

    def cases_and_parties(self, references: Sequence[str]) -> Mapping[str, tuple[Case, tuple[Party, ...]]]:
        """Those of the cases that there are with their people, a hundred items at a time."""
        sks = ("CASE", *(f"PARTY#{role}" for role in ROLES))
        wanted = [(case_key(reference), sk) for reference in dict.fromkeys(references) for sk in sks]
        found = self._get_many(wanted) if wanted else {}
        return {
            items.reference_of(pk): (
                items.to_case(item),
                tuple(decode(Party, found[pk, one].body) for one in sks[1:] if (pk, one) in found),
            )
            for (pk, sk), item in found.items()
            if sk == "CASE"
        }

    def cases_by(self, hashes: Sequence[str], most: int = MOST_FOUND) -> Mapping[str, tuple[Case, ...]]:
        """The cases that each hash finds, the newest first. One query for each, and one read of the cases: the index
        holds keys only, so what is past its end is known by the case."""
        found: dict[str, list[str]] = {}
        for hash_ in dict.fromkeys(hashes):
            rows = self._keys(hash_, most)
            found[hash_] = list(dict.fromkeys(items.reference_of(row["pk"]["S"]) for row in rows))
        alive = {case.reference: case for case in self.cases([one for rows in found.values() for one in rows])}
        cases = {hash_: tuple(alive[one] for one in rows if one in alive) for hash_, rows in found.items()}
        return {hash_: rows for hash_, rows in cases.items() if rows}

    def _keys(self, hash_: str, most: int) -> list[dict[str, Any]]:
        """The keys that the search index has for a hash, the newest first. Below the models: these ask for the `type`
        of each item, which an index of keys only does not have, and would find nothing."""
        query = table.Item._get_connection().query(
            hash_, index_name=table.SearchIndex.Meta.index_name, limit=most, scan_index_forward=False
        )
        rows: list[dict[str, Any]] = query["Items"]
        return rows

    def save_alikes(self, alikes: Sequence[Alike]) -> None:
        """Write what cases are to others, with the ends that are given, while there is each case that it stands beside;
        at most 40. Raises Conflict."""
        try:
            with transaction() as write:
                for reference in dict.fromkeys(alike.reference for alike in alikes):
                    there = table.Item.pk.exists()
                    write.condition_check(table.CaseItem, case_key(reference), "CASE", condition=there)
                for alike in alikes:
                    write.save(items.from_alike(alike))
        except TransactWriteError as error:
            only_conditions(error)
            raise Conflict("case") from None

    def flagged(self, hashes: Sequence[str]) -> tuple[Flagged, ...]:
        """Every flag under one of these hashes, one query for each; as the table has them at this moment."""
        found: list[Flagged] = []
        for hash_ in dict.fromkeys(hashes):
            query = table.Item.query(items.flag_key(hash_), consistent_read=True)
            found.extend(items.to_flagged(item) for item in self._alive(query))
        return tuple(found)

    def lookups(self, day: date) -> tuple[Lookup, ...]:
        """Who asked about a person on a day (UTC), in order."""
        query = table.Item.query(f"LOOKUPS#{day.isoformat()}")
        return tuple(decode(Lookup, item.body) for item in self._alive(query))

    def log_lookup(self, lookup: Lookup, id_: str) -> None:
        items.from_lookup(lookup, id_).save()
