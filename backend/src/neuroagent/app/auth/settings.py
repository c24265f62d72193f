"""Who may call, and how they show who they are."""

from typing import Final, Literal, Self

from pydantic import Field, SecretStr, model_validator

from neuroagent.app.auth.scopes import Scope, scopes_of
from neuroagent.config.settings import Section

ALGORITHMS: Final = frozenset({"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA"})


class OidcSettings(Section):
    """The provider that people sign in with; for the mode `oidc`."""

    issuer: str = Field("", pattern=r"^(https?://.+)?$", description="The provider's address, as its tokens spell it.")
    client_id: str = Field("", description="The name under which the provider knows this app.")
    client_secret: SecretStr | None = Field(None, description="Its secret, if the provider gave it one.")
    audience: str = Field("", description="Whom a bearer token has to be made for; by default the client_id.")
    scope: str = Field("openid profile email", description="What is asked of the provider.")
    algorithms: str = Field("RS256,ES256,EdDSA", description="How its tokens may be signed, with commas between.")
    groups_claim: str = Field("groups", description="The claim that names a person's groups.")
    groups: dict[str, str] = Field(
        {},
        description="What the members of a group may: `NEUROAGENT_AUTH__OIDC__GROUPS__LAB=chat,tools`, or as JSON.",
        examples=["LAB=chat,tools"],
    )
    callback: str = Field(
        "",
        pattern=r"^(https?://.+)?$",
        description="Where it sends people back; by default `/sign-in/callback` at the address they came by.",
    )
    everybody: str = Field("chat,tools", description="What whoever signs in may, in any group or none.")

    @model_validator(mode="after")
    def _readable(self) -> Self:
        if unknown := sorted(set(self.allowed_algorithms) - ALGORITHMS):
            raise ValueError(f"algorithms: {unknown[0]!r} isn't safe here; there are {', '.join(sorted(ALGORITHMS))}")
        for given in (self.everybody, *self.groups.values()):
            scopes_of(given)
        return self

    @property
    def allowed_algorithms(self) -> list[str]:
        return [name.strip() for name in self.algorithms.split(",") if name.strip()]

    def scopes(self, groups: object) -> frozenset[Scope]:
        """Of a person in these groups; a claim that isn't a list of names says nothing."""
        names = {name.lower() for name in groups if isinstance(name, str)} if isinstance(groups, list) else set()
        given = [may for group, may in self.groups.items() if group.lower() in names]
        return frozenset().union(*map(scopes_of, (self.everybody, *given)))


class AuthSettings(Section):
    """Who may call."""

    mode: Literal["token", "keys", "oidc"] = Field(
        "token",
        description="`token`: one person, one token; `keys`: people with keys; `oidc`: a provider signs them in.",
    )
    token: SecretStr | None = Field(
        None, min_length=16, description="The token callers show; by default one is made and kept in the data folder."
    )
    session_hours: float = Field(12, gt=0, description="Hours after which a browser has to sign in again.")
    origins: str = Field(
        "", description="Further addresses that a page may call from, with commas between; its own always may."
    )
    oidc: OidcSettings = OidcSettings()

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.mode == "oidc" and not (self.oidc.issuer and self.oidc.client_id):
            raise ValueError("mode oidc needs oidc.issuer and oidc.client_id")
        return self

    @property
    def allowed_origins(self) -> frozenset[str]:
        return frozenset(one.strip().rstrip("/").lower() for one in self.origins.split(",") if one.strip())
