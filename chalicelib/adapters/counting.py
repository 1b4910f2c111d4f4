"""The part of the store that counts: figures without people, what is published of them, and words that name nobody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pynamodb.exceptions import PutError

from ..domain.figures import Figure
from ..domain.model import Voice
from . import items, table
from .codec import decode
from .rows import Rows


class Counting(Rows):
    """What is known of all cases together."""

    def save_figure(self, figure: Figure, id_: str, was: str = "") -> None:
        items.from_figure(figure, id_).save()
        if was and was != figure.month:
            table.FigureItem(pk=items.figures_key(figure.kind, was), sk=id_).delete()

    def figures(self, kind: str, months: Sequence[str]) -> tuple[Figure, ...]:
        """All that is counted of a kind in these months: one query for each month, never a scan."""
        found: list[Figure] = []
        for month in months:
            query = table.Item.query(items.figures_key(kind, month))
            found += [items.to_figure(item) for item in self._alive(query)]
        return tuple(found)

    def publish(self, name: str, period: str, body: Mapping[str, Any]) -> bool:
        try:
            items.from_published(name, period, body).save(condition=table.Item.pk.does_not_exist())
        except PutError as error:
            if error.cause_response_code != "ConditionalCheckFailedException":
                raise
            return False
        return True

    def published(self, name: str, periods: Sequence[str]) -> Mapping[str, Mapping[str, Any]]:
        found = self._get_many([(f"PUBLISHED#{name}", period) for period in periods])
        return {item.sk: item.body for item in found.values()}

    def voices(self, themes: Sequence[str], limit: int) -> tuple[Voice, ...]:
        found: list[Voice] = []
        for theme in themes:
            query = table.Item.query(f"VOICES#{theme}", limit=limit)
            found += [decode(Voice, item.body) for item in self._alive(query)]
        return tuple(found)
