"""The process people talk to: `uvicorn neuroagent.app.main:app`."""

import sys

from fastapi import FastAPI

from neuroagent.app.application import create_app
from neuroagent.app.config import AppSettings
from neuroagent.config.logging import configure_logging
from neuroagent.config.settings import SettingsError


def _start() -> FastAPI:
    try:
        settings = AppSettings.load()
        configure_logging(settings.logging, settings.secrets())
        return create_app(settings)
    except SettingsError as error:
        sys.exit(f"The app can't start with these settings:\n{error}")


app = _start()
