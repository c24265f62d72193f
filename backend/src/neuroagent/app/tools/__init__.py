"""What a model, or a person, may ask for: every tool there is, one line each."""

from typing import Final

from neuroagent.app.tools import circuit, python, system
from neuroagent.app.tools.base import AnyTool

_ALL: Final[tuple[AnyTool, ...]] = (system.CHECK_WORKER, python.RUN_PYTHON_TOOL, circuit.TALK_TO_DF_TOOL)

TOOLS: Final = {tool.name: tool for tool in _ALL}
