"""Installs the servers that `test_http_real.py` starts: `python tests/http/install_servers.py FOLDER`.

SAP CAP (OData 4) comes from npm and needs Node 20, Datasette from PyPI into an environment of its own. nginx
and openssl are the system's: `apt install nginx-light openssl`. Then run the tests with the variable
COCKPIT_TEST_SERVERS set to that folder.
"""

import json
import subprocess
import sys
from pathlib import Path

# The newest major version of CAP needs Node 22; its usual SQLite driver a compiler.
PACKAGES = {"@sap/cds": "^9", "@cap-js/sqlite": "^2", "express": "^4", "sql.js": "^1.13.0"}
SCHEMA = """namespace sales;
entity Accounts { key accountid : UUID; name : String(160); territory : String(80);
  opportunities : Association to many Opportunities on opportunities.account = $self; }
entity Opportunities { key opportunityid : UUID; name : String(300); account : Association to Accounts;
  estimatedvalue : Decimal(19,4); estimatedclosedate : Date; stepname : String(200);
  closeprobability : Integer; statecode : Integer; createdon : Timestamp;
  @odata.etag modifiedon : Timestamp; }
"""
SERVICE = """using sales from '../db/schema';
@path:'/api/data/v9.2' @requires:'reader'
service CrmService { entity opportunities as projection on sales.Opportunities;
  entity accounts as projection on sales.Accounts; }
"""
# CAP listens on every interface and has no switch for one.
LOOPBACK = """const cds = require('@sap/cds'), http = require('http')
module.exports = async o => { const L = http.Server.prototype.listen
  http.Server.prototype.listen = function (p, ...a) {
    const ready = a.filter(x => typeof x === 'function')
    return L.call(this, { port: p?.port ?? p, host: '127.0.0.1' }, ...ready) }
  return cds.server(o) }
"""


def cap(folder: Path) -> None:
    """The packages, without their install scripts."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "package.json").write_text(
        json.dumps({"name": "cap", "private": True, "dependencies": PACKAGES}), encoding="utf-8"
    )
    subprocess.run(["npm", "i", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=folder, check=True)


def datasette(folder: Path) -> None:
    """An environment of its own."""
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    pip = folder / "bin" / "pip"
    subprocess.run([str(pip), "install", "-q", "datasette>=0.65,<1", "sqlite-utils"], check=True)


if __name__ == "__main__":
    target = Path(sys.argv[1])
    cap(target / "cap")
    datasette(target / "datasette")
    print(f"now: COCKPIT_TEST_SERVERS={target} python -m pytest tests/http/test_http_real.py")
