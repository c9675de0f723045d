"""The metric engine: a catalogue in TOML, facts, one lazy plan a fact, figures that open and explain.

`engine.Engine` is the door. This file imports nothing, so that the catalogue can be read without polars.
"""
