"""Facts: wide frames whose columns carry the hard part, so that a metric is a line of TOML."""
