"""Envelopes: a worker can't have an answer written to a key of its choice."""

import pytest
from pydantic import ValidationError

from neuroagent.task_schemas.jobs import RenewalRequest, worker_key


@pytest.mark.parametrize("key", ["task:1:final", "grants:reply:", "grants:reply:../x", f"grants:reply:{'a' * 32}\n"])
def test_a_reply_goes_to_a_reply_key_only(key: str) -> None:
    with pytest.raises(ValidationError):
        RenewalRequest(task_id="1", renewal="r", reply_to=key)


def test_workers_have_keys_of_their_own() -> None:
    assert worker_key("celery@a") != worker_key("celery@b")
