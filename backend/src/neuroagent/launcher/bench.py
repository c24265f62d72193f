"""`./dev bench`: one benchmark, in an environment that also has those it is measured against."""

import subprocess
from collections.abc import Sequence
from difflib import get_close_matches

from neuroagent.launcher.checkout import Checkout
from neuroagent.launcher.environments import Environment, bring_up_to_date
from neuroagent.launcher.errors import UsageError
from neuroagent.launcher.stages import prepare, ready_environment
from neuroagent.launcher.terminal import Terminal
from neuroagent.launcher.uv import find_uv


def bench(checkout: Checkout, terminal: Terminal, arguments: Sequence[str]) -> int:
    """The benchmark understands the rest; it runs where the user stands, so that --json FILE lands there."""
    known = names(checkout)
    if not arguments:
        terminal.say("\n".join(["There are:", *(f"  ./dev bench {name}" for name in known)]))
        return 0
    name, *rest = arguments
    if name not in known:
        closest = get_close_matches(name, known, n=1, cutoff=0.0)
        advice = f"the closest is ./dev bench {closest[0]}" if closest else "this checkout has none"
        raise UsageError(f"There is no benchmark {name!r}; {advice}.")
    variables = prepare(checkout, terminal)
    environment = ready_environment(checkout, terminal, "bench")
    _bring_arq(checkout, terminal)
    script = checkout.root / "backend" / "benchmarks" / f"{name}.py"
    inside = environment.variables(variables)
    return subprocess.run([environment.python, script, *rest], env=inside, check=False).returncode


def names(checkout: Checkout) -> list[str]:
    return sorted(path.stem for path in (checkout.root / "backend" / "benchmarks").glob("*.py"))


def _bring_arq(checkout: Checkout, terminal: Terminal) -> None:
    """It wants an older redis-py than we, and so an environment of its own."""
    if not checkout.lock("arq").exists():
        return
    environment = Environment(checkout, "arq")
    if not environment.is_current():
        terminal.say("The packages of arq, which can't share ours …")
        bring_up_to_date(environment, lambda: find_uv(checkout, terminal))
