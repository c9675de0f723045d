"""Reading one file leaves the reading of others alone."""

import csv

from cockpit.sources.load import load_table
from cockpit.sources.spec import SourceSpec, StatusSpec


def test_a_small_file_does_not_lower_the_longest_cell_that_others_may_read(tmp_path):
    before = csv.field_size_limit()
    text = 'id,name,amount,close\n1,"two\nlines",5,2026-01-01\n'
    (tmp_path / "deals.csv").write_text(text)
    columns = {"opportunity_id": "id", "name": "name", "amount": "amount", "close_date": "close"}
    spec = SourceSpec(path="deals.csv", columns=columns, status=StatusSpec(value="open"))
    assert load_table("opportunities", spec, tmp_path).frame.height == 1
    assert csv.field_size_limit() >= before
