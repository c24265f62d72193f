"""Of the package itself: which store is opened."""

import subprocess
import sys
from pathlib import Path

import pytest
from s3_server import S3Server
from stores import SECRET, s3_settings

from neuroagent.app.storage import DiskStorage, StorageSettings, open_storage
from neuroagent.app.storage.s3 import S3Storage


def test_the_settings_choose_the_store(tmp_path: Path, bucket: S3Server) -> None:
    assert isinstance(open_storage(StorageSettings(folder=tmp_path), SECRET), DiskStorage)
    assert isinstance(open_storage(s3_settings(bucket), SECRET), S3Storage)


def test_a_store_on_disk_needs_its_folder() -> None:
    with pytest.raises(ValueError, match="folder"):
        open_storage(StorageSettings(), SECRET)


def test_who_stores_on_disk_never_loads_boto3() -> None:
    script = "import sys, neuroagent.app.storage, neuroagent.app.storage.endpoints; sys.exit('boto3' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
