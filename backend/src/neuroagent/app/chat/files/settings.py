"""How many files a thread may have."""

from pydantic import Field

from neuroagent.config.settings import Section


class FileLimits(Section):
    """What people put into a thread; each script there gets all of it, so it is less than a session may hold."""

    most: int = Field(50, ge=0, le=50, description="Files that people put into one thread.")
    file_bytes: int = Field(32 * 2**20, gt=0, description="The largest of them, in bytes.")
    thread_bytes: int = Field(48 * 2**20, gt=0, description="All of one thread together, in bytes.")
