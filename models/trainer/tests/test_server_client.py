"""The error of a client when there is no Earshot server to talk to; the talk itself is tested by test_predict."""

import numpy as np
import pytest
from local_hub import local_hub

from trainer.errors import TrainerError
from trainer.server_client import ask_server

SECOND = np.zeros(16000, dtype=np.float32)


@pytest.mark.parametrize("address", ["127.0.0.1:8080", "http://127.0.0.1:8080", "nonsense"])
def test_an_address_that_is_none_is_named(address: str) -> None:
    with pytest.raises(TrainerError, match=f"'{address}' is no address of a server: must be such as ws://"):
        ask_server(address, "door", SECOND)


def test_a_port_where_nobody_listens_is_one_sentence() -> None:
    with local_hub() as gone:
        address = gone.url.replace("http", "ws")
    with pytest.raises(TrainerError, match=f"no Earshot server answers at {address}: start one"):
        ask_server(address, "door", SECOND)


def test_a_server_of_another_kind_is_one_sentence() -> None:
    with local_hub() as other, pytest.raises(TrainerError, match="no Earshot server answers at"):
        ask_server(other.url.replace("http", "ws"), "door", SECOND)
