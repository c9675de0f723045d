"""Findings: what needs a person today, found by rules that are data, weighed in money and days."""
