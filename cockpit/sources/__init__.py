"""Files become clean, typed tables with a list of everything that was refused.

`spec` says what a source section may hold and which columns a table has; `load` reads; `propose` looks
at unknown files and writes a section for them. Importing this package imports no polars.
"""

from cockpit.sources.spec import TABLES, LookupSpec, SourceSpec, StatusSpec, check_spec

__all__ = ["TABLES", "LookupSpec", "SourceSpec", "StatusSpec", "check_spec"]
