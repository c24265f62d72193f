"""What can go wrong in ./dev, each told in a sentence that says what to do.

LauncherError
├── UsageError         a command was called in a way it does not know
├── InstallFailed      packages could not be brought
├── RedisUnavailable   there is no Redis that could be started here
├── PortTaken          another program listens where we are to listen
└── AlreadyRunning     this data folder is served already
"""


class LauncherError(Exception):
    """Shown as it is, without a traceback."""

    status = 1


class UsageError(LauncherError):
    status = 2


class InstallFailed(LauncherError):
    pass


class RedisUnavailable(LauncherError):
    pass


class PortTaken(LauncherError):
    pass


class AlreadyRunning(LauncherError):
    pass
