"""The real app with a tool that takes its time: `uvicorn end_to_end.chat.talking_app:app`."""

from end_to_end.faults.napping_app import app
from end_to_end.faults.naps import NAP, NapInput, NapOutput

from neuroagent.app.tools import TOOLS
from neuroagent.app.tools.base import AnyTool, Arguments, Tool, ToolContext

__all__ = ["app"]


class NapArguments(Arguments):
    seconds: float


def _job(given: NapArguments, _: ToolContext) -> NapInput:
    return NapInput(seconds=given.seconds)


def _told(output: NapOutput) -> str:
    return f"Slept well: {output.run}."


tools: dict[str, AnyTool] = TOOLS
tools["nap"] = Tool("nap", "Sleeps.", NapArguments, NAP, _job, _told)
