"""Sign-in to Microsoft Entra with a code that the user types into a browser; needs the extra `dataverse`.

Many organisations block this flow, since a code can be phished; a token command such as `az account
get-access-token` is the better way where it exists. The tokens are kept in memory, and where the system has
a private folder that vanishes when the user logs out ($XDG_RUNTIME_DIR), in a file there.
"""

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from cockpit.base.atomic import write_atomic
from cockpit.base.clean import clean
from cockpit.base.problems import Problem
from cockpit.sources.http.failures import SignInError
from cockpit.sources.http.progress import DeviceCode
from cockpit.sources.http.spec import AuthSpec

_HOSTS = ("microsoft.com", "www.microsoft.com", "login.microsoftonline.com", "login.microsoft.com")
_caches: dict[tuple[str, str], Any] = {}


def device_token(
    table: str,
    auth: AuthSpec,
    show_code: Callable[[DeviceCode], None] | None,
    began: Callable[[dict[str, Any]], None],
) -> str:
    """A token for `auth.scope`: the one that is held, else by a code. Blocks until it is there.

    Args:
        table: whose source wants it.
        auth: who asks for what.
        show_code: is given the code to type; None where nobody would see it.
        began: is given what waits for the code: it ends when its `expires_at` lies in the past.

    Raises:
        SignInError: msal is missing, nobody can show the code, or the sign-in failed.
    """
    key = f"sources.{table}.auth"
    try:
        import msal
    except ImportError as error:
        hint = "pip install 'sales-cockpit[dataverse]', or use token_command"
        raise SignInError(Problem("kind device needs an extra", key=key, hint=hint), table=table) from error
    tenant, client = auth.tenant or "organizations", auth.client_id or ""
    scopes = [auth.scope] if auth.scope else []
    cache = _caches.setdefault((tenant, client), _cache_of(msal))
    application = msal.PublicClientApplication(
        client, authority=f"https://login.microsoftonline.com/{tenant}", token_cache=cache
    )
    answer = None
    for account in application.get_accounts():
        answer = application.acquire_token_silent(scopes, account=account)
        if answer:
            break
    if not answer:
        if show_code is None:
            hint = "run cockpit sync in a terminal, or read again on the screen"
            raise SignInError(Problem("a code must be typed into a browser", key=key, hint=hint), table=table)
        flow = application.initiate_device_flow(scopes=scopes)
        host = urlsplit(str(flow.get("verification_uri", ""))).hostname
        if "user_code" not in flow or host not in _HOSTS:
            raise SignInError(Problem("the sign-in could not be begun", key=key), table=table)
        began(flow)
        show_code(DeviceCode(table, clean(str(flow["user_code"])), clean(str(flow["verification_uri"]))))
        answer = application.acquire_token_by_device_flow(flow)
    if not isinstance(answer, dict) or "access_token" not in answer:
        code = clean(str((answer or {}).get("error", "")))
        blocked = "53003" in str((answer or {}).get("error_codes", ""))
        words = "the organisation blocks sign-in by code" if blocked else f"the sign-in failed: {code}"
        raise SignInError(Problem(words, key=key, hint="use token_command"), table=table)
    _keep(cache)
    return str(answer["access_token"])


def _file() -> Path | None:
    folder = os.environ.get("XDG_RUNTIME_DIR")
    return Path(folder) / "cockpit" / "tokens.json" if folder else None


def _cache_of(msal: Any) -> Any:
    cache = msal.SerializableTokenCache()
    file = _file()
    if file is not None:
        with suppress(OSError, ValueError):
            cache.deserialize(file.read_text(encoding="utf-8"))
    return cache


def _keep(cache: Any) -> None:
    file = _file()
    if file is not None and cache.has_state_changed:
        with suppress(OSError):
            write_atomic(file, cache.serialize())
