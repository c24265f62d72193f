"""The workers' process: `celery -A neuroagent.tasks.main worker -Q default_q`."""

import sys

from celery import Celery

from neuroagent.config.logging import configure_logging
from neuroagent.config.settings import SettingsError
from neuroagent.tasks.config import WorkerSettings
from neuroagent.tasks.runtime.worker import create_worker


def _start() -> Celery:
    try:
        settings = WorkerSettings.load()
        configure_logging(settings.logging, settings.secrets())
        return create_worker(settings)
    except SettingsError as error:
        sys.exit(f"The worker can't start with these settings:\n{error}")


app = _start()
