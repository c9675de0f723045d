"""The history of a workspace as the core asks it: earlier days for the metric engine, and who looked when."""
