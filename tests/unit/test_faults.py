"""What a log says of a fault: enough to find it, and nothing that anybody wrote."""

from __future__ import annotations

from botocore.exceptions import ClientError, EndpointConnectionError
from pynamodb.exceptions import DeleteError

from chalicelib.faults import code_of, place_of

DENIED = ClientError({"Error": {"Code": "AccessDeniedException", "Message": "Orla may not"}}, "DeleteItem")


def test_the_code_of_aws_is_named_beside_ours() -> None:
    assert code_of(DENIED) == "ClientError:AccessDeniedException"
    assert code_of(DeleteError("Orla may not", DENIED)) == "DeleteError:AccessDeniedException"


def test_an_error_of_our_own_is_its_name_only() -> None:
    assert code_of(KeyError("Orla")) == "KeyError"
    assert code_of(EndpointConnectionError(endpoint_url="Orla")) == "EndpointConnectionError"


def test_the_place_is_where_it_was_raised() -> None:
    try:
        raise KeyError("Orla")
    except KeyError as error:
        assert place_of(error).startswith("test_faults.py:")
    assert place_of(KeyError("never raised")) == ""
