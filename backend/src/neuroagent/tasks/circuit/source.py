"""From what a job points at to its bytes: a file of our own store behind its grant, or a link out into the world."""

from neuroagent.task_schemas.circuit import CircuitFile, CircuitLink
from neuroagent.task_schemas.errors import TaskError
from neuroagent.tasks.circuit.contact import Again
from neuroagent.tasks.circuit.fetch import Limits, open_grant, open_link
from neuroagent.tasks.circuit.links import LinkRules
from neuroagent.tasks.runtime.report import Report


def opener(source: CircuitFile | CircuitLink, report: Report, rules: LinkRules, most_bytes: int) -> Again:
    """What it gives opens the download anew each time it is called."""
    limits = Limits(bytes=most_bytes)
    if isinstance(source, CircuitLink):

        def again(renewal: str) -> CircuitLink:
            return source.model_copy(update={"url": report.renew_link(renewal)})

        return lambda: open_link(source, rules, again, limits)
    grant = report.job.downloads.get(source.file.key)
    if grant is None:
        raise TaskError(f"The job has no leave to read {source.file.name!r}.")
    return lambda: open_grant(grant, report.renew, limits)
