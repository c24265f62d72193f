"""`python -m neuroagent.launcher`, which is what ./dev runs."""

import sys

from neuroagent.launcher.cli import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
