"""Tables that come over HTTP: fetched into a folder of the workspace, then read like a file.

`refresh` fetches, `probe` looks whether fetching would work, `download` keeps what was fetched. Only
`transport` knows httpx. Importing this package imports neither httpx nor polars.
"""
