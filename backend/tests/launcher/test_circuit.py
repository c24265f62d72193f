import pytest
from launcher.stand_ins import Output

from neuroagent.launcher.checkout import HERE
from neuroagent.launcher.circuit import circuit
from neuroagent.launcher.errors import UsageError


@pytest.mark.parametrize("arguments", [[], ["mkae"], ["--nodes", "5"]])
def test_it_says_what_it_makes(arguments: list[str], output: Output) -> None:
    with pytest.raises(UsageError, match=r"\./dev circuit make --nodes 1000000"):
        circuit(HERE, output.terminal, arguments)
