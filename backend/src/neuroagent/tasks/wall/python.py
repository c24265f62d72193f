"""What a plain Python child must be able to read to run at all."""

import sys
import sysconfig
from pathlib import Path
from typing import Final

SOURCE: Final = Path(__file__).parents[3]  # the folder that `neuroagent` lies in


def interpreter_folders() -> tuple[Path, ...]:
    """The running interpreter, its library and the installed packages; nothing of the working folder."""
    of_the_interpreter = {Path(sys.base_prefix, part) for part in ("bin", "lib", "lib64")}
    of_packages = {Path(sysconfig.get_path(kind)) for kind in ("stdlib", "platstdlib", "purelib", "platlib")}
    of_the_environment = {Path(sys.prefix)} if sys.prefix != sys.base_prefix else set()
    wanted = of_the_interpreter | of_packages | of_the_environment | {SOURCE}
    return tuple(sorted(folder for folder in wanted if folder.is_dir()))
