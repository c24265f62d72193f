"""The app's settings: `.env.app`, prefix NEUROAGENT_; each room brings its own section."""

from pathlib import Path
from typing import ClassVar

from pydantic import Field, SecretStr

from neuroagent.app.approvals.settings import ApprovalsSettings
from neuroagent.app.auth.rates import RatesSettings
from neuroagent.app.auth.settings import AuthSettings
from neuroagent.app.chat.settings import ChatSettings
from neuroagent.app.circuits.entitycore import EntityCoreSettings
from neuroagent.app.circuits.settings import CircuitsSettings
from neuroagent.app.db.database import DatabaseSettings
from neuroagent.app.doors.mcp.settings import McpSettings
from neuroagent.app.jobs.endpoints import JobsSettings
from neuroagent.app.llm.settings import LlmSettings
from neuroagent.app.notifications.settings import NotificationsSettings
from neuroagent.app.page.settings import PageSettings
from neuroagent.app.sessions.idle import SessionsSettings
from neuroagent.app.storage import StorageSettings
from neuroagent.app.usage.quotas import QuotasSettings
from neuroagent.config.logging import LoggingSettings
from neuroagent.config.redis import RedisSettings
from neuroagent.config.settings import ProcessSettings, Section, process_config

PREFIX = "NEUROAGENT_"


class ServerSettings(Section):
    """Where `./dev up` and the image let the app listen; uvicorn's own options win when you start it yourself."""

    host: str = Field("127.0.0.1", description="Address to listen on; beyond loopback, put TLS in front.")
    port: int = Field(8078, ge=1, le=65535, description="TCP port.")


class AppSettings(ProcessSettings):
    """Everything the app can be told."""

    env_file: ClassVar[str] = ".env.app"
    model_config = process_config(PREFIX)

    data_folder: Path = Field(Path("data"), description="SQLite, stored files and made-up secrets lie here.")
    secret_key: SecretStr | None = Field(
        None,
        min_length=32,
        description="Signs links and grants; several replicas need the same; by default one is made.",
    )
    server: ServerSettings = ServerSettings()
    redis: RedisSettings = RedisSettings()
    database: DatabaseSettings = DatabaseSettings()
    storage: StorageSettings = StorageSettings()
    auth: AuthSettings = AuthSettings()
    rates: RatesSettings = RatesSettings()
    quotas: QuotasSettings = QuotasSettings()
    jobs: JobsSettings = JobsSettings()
    sessions: SessionsSettings = SessionsSettings()
    chat: ChatSettings = ChatSettings()
    approvals: ApprovalsSettings = ApprovalsSettings()
    notifications: NotificationsSettings = NotificationsSettings()
    llm: LlmSettings = LlmSettings()
    mcp: McpSettings = McpSettings()
    circuits: CircuitsSettings = CircuitsSettings()
    entitycore: EntityCoreSettings = EntityCoreSettings()
    page: PageSettings = PageSettings()
    logging: LoggingSettings = LoggingSettings()

    @property
    def storage_in_place(self) -> StorageSettings:
        """A store on disk lies in the data folder unless it was put elsewhere."""
        folder = self.storage.folder or self.data_folder / "files"
        return self.storage.model_copy(update={"folder": folder})
