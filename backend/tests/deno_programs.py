"""Programs for Deno that tests run, with packages from npm: fetched once, as locked, where they can be."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
from deno import find_deno_bin

LONGEST = 240  # seconds, fetching included


@dataclass(frozen=True)
class Program:
    """A folder with a `deno.json` and its lock."""

    folder: Path
    cache: Path

    def fetch(self) -> None:
        fetched = self._called("install", "--quiet", "--frozen")
        if fetched.returncode:
            pytest.skip(f"the npm packages of {self.folder.name!r} can't be fetched: {fetched.stderr.strip()[-200:]}")

    def run(self, *arguments: str) -> str:
        """What it writes to stdout."""
        ran = self._called("run", "--quiet", "--frozen", "--cached-only", "--allow-all", *arguments)
        assert ran.returncode == 0, ran.stdout[-3_000:] + ran.stderr[-3_000:]
        return ran.stdout

    def _called(self, *command: str) -> "subprocess.CompletedProcess[str]":
        own = {"DENO_DIR": str(self.cache), "DENO_NO_UPDATE_CHECK": "1", "NO_COLOR": "1"}
        return subprocess.run(
            [find_deno_bin(), *command],
            cwd=self.folder,
            env=os.environ | own,
            capture_output=True,
            text=True,
            timeout=LONGEST,
            check=False,
        )
