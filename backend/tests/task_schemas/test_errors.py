"""What a body raises becomes a failure with all there is to know."""

import pytest

from neuroagent.task_schemas.errors import (
    Database,
    ExternalService,
    Failure,
    InvalidInput,
    Permanent,
    RateLimited,
    Retryable,
    TaskError,
)


@pytest.mark.parametrize(
    ("trouble", "failure"),
    [
        (TaskError("no"), Failure(code="permanent", message="no")),
        (Permanent("no", "gone"), Failure(code="permanent", message="no", error_code="gone")),
        (InvalidInput("no"), Failure(code="invalid_input", message="no")),
        (Retryable("no"), Failure(code="retryable", message="no")),
        (RateLimited("no", 7.5), Failure(code="rate_limited", message="no", retry_after=7.5)),
        (ExternalService("no", "s"), Failure(code="external_service", message="no", service="s")),
        (Database("no"), Failure(code="database", message="no")),
    ],
)
def test_a_failure_says_what_was_raised(trouble: TaskError, failure: Failure) -> None:
    assert trouble.failure() == failure
