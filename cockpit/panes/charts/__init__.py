"""Charts: what they show as plain values, and how they are drawn in cells."""
