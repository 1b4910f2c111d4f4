"""How often a page asks AWS: however many cases there are. The session of staff is one more call, which a program with
a token does not make."""

from __future__ import annotations

from chalicelib.adapters import table

from ..support import samples
from ..support.calls import Calls
from ..support.site import Site
from ..workflow.test_people import WREN, about_self, complaint, limit

SESSION = 1


def test_pages_ask_little(site: Site) -> None:
    world = site.world
    reference = complaint(world)
    for number in range(3):
        complaint(world, f"more-{number}")
    limit(world, **about_self())
    receipt = world.submit(key="mine")
    world.settle()
    calls = Calls()
    calls.watch(table.Item._get_connection().connection.client)
    officer = site.signed_in(samples.OFFICER)
    most = {"/staff": 3, "/staff?view=mine": 3, "/staff?view=team": 3, f"/staff/cases/{reference}": 3}
    for path, limit_ in most.items():
        with calls.counted() as made:
            assert officer.get(path).status == 200
        assert len(made) <= limit_ + SESSION, (path, made)
    with calls.counted() as made:
        page = officer.get(f"/staff/cases/{reference}")
    assert len(made) <= 2 + SESSION, "the look of this hour is noted already"
    assert "Other cases that may be of the same person" in page.text
    assert "is limited since" in page.text
    officer.get("/staff/search")
    with calls.counted() as made:
        assert reference in officer.post("/staff/search", {"name": WREN["name"]}).text
    assert len(made) <= 3 + SESSION, made
    resident = site.browser()
    resident.get("/track")
    with calls.counted() as made:
        resident.post("/track", {"reference": receipt.reference, "access_code": receipt.access_code})
    assert len(made) <= 2, made
    with calls.counted() as made:
        assert resident.get("/track/case").status == 200
    assert len(made) <= 2, made
