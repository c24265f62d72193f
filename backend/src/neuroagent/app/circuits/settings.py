"""How many circuits a person may have, and what words mean in this place."""

from pydantic import Field, field_validator

from neuroagent.config.settings import Section


class CircuitsSettings(Section):
    """People's circuits."""

    most: int = Field(200, ge=1, description="How many circuits one person may have.")
    synonyms: str = Field(
        "",
        description="Words of this place for every question: `pyramidal: morph_class = PYR; depth: y`.",
    )

    @field_validator("synonyms")
    @classmethod
    def _each_has_a_meaning(cls, synonyms: str) -> str:
        for pair in filter(str.strip, synonyms.split(";")):
            word, _, meaning = pair.partition(":")
            if not word.strip() or not meaning.strip():
                raise ValueError(f"a synonym is written as `word: meaning`, not as {pair.strip()!r}")
        return synonyms

    @property
    def known_synonyms(self) -> dict[str, str]:
        pairs = (pair.partition(":") for pair in self.synonyms.split(";") if pair.strip())
        return {word.strip(): meaning.strip() for word, _, meaning in pairs}
