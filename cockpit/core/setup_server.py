"""The section of a `cockpit.toml` for an address: what an address tells, and what only a person can say.

Nothing is asked of the server: before somebody is signed in it would answer nothing, and how to sign in
stands in the section.
"""

from urllib.parse import urlsplit

from cockpit.base.problems import Problem, UsageError
from cockpit.sources.proposal import Finding, quoted

_SYSTEMS = {
    ".dynamics.com": ("dataverse", "Dynamics 365 (Dataverse)"),
    ".salesforce.com": ("salesforce", "Salesforce"),
    ".force.com": ("salesforce", "Salesforce"),
    ".hubapi.com": ("hubspot", "HubSpot"),
}
"""By the end of a host: the type of source, and what people call the system."""
_SUFFIXES = {".csv": "csv", ".tsv": "csv", ".parquet": "parquet"}
_ODATA = ("/odata", ".svc", "/api/data/v")
_SIGN_IN = 'auth = { kind = "bearer", token_env = "CRM_TOKEN" }'


def is_address(text: str) -> bool:
    """Whether a text is the address of a server and no file's name."""
    return text.lower().startswith(("https://", "http://"))


def server_section(table: str, address: str) -> tuple[str, tuple[Finding, ...]]:
    """The section of a table that a server has.

    Args:
        table: such as "opportunities".
        address: its URL.

    Returns:
        The lines of the section, and what was understood and what not.

    Raises:
        UsageError: it is no whole address, or a password stands in it.
    """
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError:
        host = None
    if not host:
        raise UsageError(Problem("is no whole address", address, hint="such as https://crm.example/deals"))
    if parts.username or parts.password:
        raise UsageError(
            Problem("holds a user or a password", key=f"--{table}", hint="auth says how to sign in")
        )
    end = next((one for one in _SYSTEMS if f".{host}".endswith(one)), None)
    kind, system = _SYSTEMS[end] if end is not None else (_kind(parts.path), None)
    url = f"{parts.scheme}://{parts.netloc}" if system is not None else address
    lines = [f"[sources.{table}]", f"type = {quoted(kind)}"]
    if kind != "hubspot":
        lines.append(f"url = {quoted(url)}")
    lines += [
        "# Where the secret is: token_env, token_file, token_command or token_keyring; it never stands here.",
        _SIGN_IN if system is not None else f"# {_SIGN_IN}",
        'refresh = "15m"',
    ]
    if system is not None:
        return "\n".join(lines), (
            Finding("understood", f"{table}: {host} is {system}, whose columns are known"),
            Finding("unsure", f"{table}: how to sign in? auth takes the token from the variable CRM_TOKEN"),
        )
    lines.append("# On the right what the server calls them.")
    if table == "opportunities":
        lines += [
            '# columns = { opportunity_id = "id", amount = "value", stage = "stage", close_date = "close" }',
            '# status = { column = "stage", won = ["Won"], lost = ["Lost"], open = ["*"] }',
        ]
    else:
        lines.append("# columns = { }")
    if kind == "json":
        lines += ['# rows = "path.to.rows"', '# next = "path.to.next_url"  # or page = { ... }']
    return "\n".join(lines), (
        Finding("understood", f"{table}: taken as {kind} from {host}"),
        Finding("unsure", f"{table}: does one have to sign in? Then take the # off auth"),
        Finding("missing", f"{table}: which column is which: take the # off columns and write their names"),
    )


def _kind(path: str) -> str:
    lowered = path.lower().rstrip("/").removesuffix(".gz")
    for suffix, kind in _SUFFIXES.items():
        if lowered.endswith(suffix):
            return kind
    return "odata" if any(mark in lowered for mark in _ODATA) else "json"
