"""The subset of SQL that metrics and `--where` are written in: tokens, tree, checks. Needs no polars."""
