"""/api/models: which models there are to choose from; no key and no address is told."""

from fastapi import APIRouter
from pydantic import BaseModel, Field

from neuroagent.app.auth.caller import CurrentCaller
from neuroagent.app.llm import builtin
from neuroagent.app.llm.opened import Models
from neuroagent.app.llm.settings import DEFAULT


class ModelView(BaseModel):
    """A model that a thread may be answered by."""

    id: str = Field(description="What a thread's `model` is set to.")
    model: str = Field(description="Its name at its endpoint.")
    is_default: bool
    built_in: bool = Field(description="Needs no network, and can't chat; it runs what it is told to run.")
    fallback: list[str] = Field(description="Who answers in its place when it is away, in this order.")


class ModelList(BaseModel):
    models: list[ModelView]


def models_router(models: Models) -> APIRouter:
    router = APIRouter(prefix="/api/models", tags=["models"])

    @router.get("")
    async def page(_: CurrentCaller) -> ModelList:
        """The models there are; a thread without a choice of its own gets the default one."""
        return ModelList(
            models=[
                ModelView(
                    id=name,
                    model=model.name,
                    is_default=name == DEFAULT,
                    built_in=model.name == builtin.NAME,
                    fallback=[one.name for one in model.rest],
                )
                for name, model in models.named.items()
            ]
        )

    return router
