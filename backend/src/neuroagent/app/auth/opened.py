"""The gate that the settings ask for, and its doors."""

from collections.abc import Sequence

from fastapi import APIRouter
from pydantic import SecretStr
from redis.asyncio import Redis

from neuroagent.app.auth.admission import Admission, Quota
from neuroagent.app.auth.endpoints import sign_in_router
from neuroagent.app.auth.gate import Gate, KeysOnly, Mode, OneToken
from neuroagent.app.auth.key_endpoints import keys_router
from neuroagent.app.auth.keys import Keys
from neuroagent.app.auth.oidc import Oidc
from neuroagent.app.auth.oidc_endpoints import oidc_router
from neuroagent.app.auth.provider import Provider
from neuroagent.app.auth.rates import Rates, RatesSettings
from neuroagent.app.auth.sessions import Notes
from neuroagent.app.auth.settings import AuthSettings
from neuroagent.app.db.database import Database


def open_gate(settings: AuthSettings, token: SecretStr, secret: bytes, database: Database) -> Gate:
    return Gate(_mode(settings, token), Keys(database), Notes(secret, settings.session_hours * 3600))


def open_admission(gate: Gate, settings: AuthSettings, rates: RatesSettings, redis: Redis, quota: Quota) -> Admission:
    return Admission(gate, Rates(rates, redis), settings.allowed_origins, quota)


def auth_routers(admission: Admission, settings: AuthSettings) -> Sequence[APIRouter]:
    routers = [sign_in_router(admission, settings.mode), keys_router(admission.gate.keys)]
    if isinstance(admission.gate.mode, Oidc):
        routers.append(oidc_router(admission, admission.gate.mode, settings.oidc.callback))
    return routers


def _mode(settings: AuthSettings, token: SecretStr) -> Mode:
    match settings.mode:
        case "token":
            return OneToken(token)
        case "keys":
            return KeysOnly()
        case "oidc":
            return Oidc(settings.oidc, Provider(settings.oidc))
