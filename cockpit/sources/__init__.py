"""Files become clean, typed tables with a list of everything that was refused.

`canonical` says which tables and columns there are, `spec` what a source section may hold; `load` reads;
`propose` looks at unknown files and writes a section for them. Importing this package imports no polars.
"""

from cockpit.sources.canonical import TABLES
from cockpit.sources.spec import LookupSpec, SourceSpec, StatusSpec
from cockpit.sources.speccheck import check_spec

__all__ = ["TABLES", "LookupSpec", "SourceSpec", "StatusSpec", "check_spec"]
