"""Questions to circuits and tables, and what is in them."""

from neuroagent.task_schemas.circuit import (
    DESCRIBE_CIRCUIT,
    TALK_TO_DF,
    DescribeCircuitInput,
    DescribeCircuitOutput,
    TalkToDfInput,
    TalkToDfOutput,
)
from neuroagent.tasks.circuit.describing import described
from neuroagent.tasks.circuit.talking import talked
from neuroagent.tasks.circuit.workshop import workshop
from neuroagent.tasks.runtime.report import Report
from neuroagent.tasks.runtime.task import task


@task(TALK_TO_DF, at_start=workshop)
def talk_to_df(job: TalkToDfInput, report: Report) -> TalkToDfOutput:
    return talked(job, report, workshop())


@task(DESCRIBE_CIRCUIT)
def describe_circuit(job: DescribeCircuitInput, report: Report) -> DescribeCircuitOutput:
    return described(job, report, workshop())
