"""What goes wrong, in the shape that clients of the OpenAI API read."""

import pytest

from neuroagent.app.doors.openai.errors import error_body


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, "invalid_request_error"),
        (401, "authentication_error"),
        (404, "invalid_request_error"),
        (429, "rate_limit_error"),
        (503, "server_error"),
    ],
)
def test_a_status_has_its_kind(status: int, kind: str) -> None:
    assert error_body("no", status, "code", "n") == {
        "error": {"message": "no", "type": kind, "param": "n", "code": "code"}
    }
