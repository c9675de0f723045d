"""Unknown exports: what is understood, and what is left to a person."""

# ruff: noqa: E501 (rows of exports are shown as they are)

from datetime import date

import pytest

from cockpit.base.problems import SourceError
from cockpit.base.tomlfile import convert, parse_toml
from cockpit.sources.evidence import date_evidence, number_evidence, probability_scale
from cockpit.sources.load import load_table
from cockpit.sources.propose import propose
from cockpit.sources.spec import SourceSpec

TODAY = date(2026, 11, 23)


def proposed(folder, content, **more):
    path = folder / "Export.csv"
    path.write_text(content, encoding="utf-8")
    proposal = propose(folder, opportunities=path, today=TODAY, **more)
    return proposal, proposal.sources["opportunities"]


def texts(proposal, level):
    return "\n".join(text for found, text in proposal.findings if found == level)


def test_dynamics_export(tmp_path):
    proposal, spec = proposed(
        tmp_path,
        "(Do Not Modify) Opportunity,Topic,Account Name,Owner,Est. Revenue,Est. Close Date,Probability,Status,"
        "Sales Stage,Created On,Modified On,Opportunity ID,Forecast category,Rating\n"
        '{a},Deal,Contoso,Ann,"$1,200.00",11/30/2026 5:00 PM,60,Open,Develop,10/15/2026 9:05 AM,11/20/2026 9:05 AM,1,P,Hot\n'
        '{b},Deal 2,Contoso,Bob,"$300.00",10/13/2026 5:00 PM,100,Won,Close,9/14/2026 9:05 AM,11/21/2026 9:05 AM,2,P,Hot\n'
        '{c},Deal 3,Fabrikam,Bob,"$50.00",9/13/2026 5:00 PM,0,Out-Sold,Close,9/1/2026 9:05 AM,11/21/2026 9:05 AM,3,P,Cold\n',
    )
    assert spec.columns == {
        "opportunity_id": "Opportunity ID", "name": "Topic", "account": "Account Name", "owner": "Owner",
        "stage": "Sales Stage", "forecast_category": "Forecast category", "amount": "Est. Revenue",
        "probability": "Probability", "created_date": "Created On", "close_date": "Est. Close Date",
        "modified_date": "Modified On",
    }  # fmt: skip
    assert spec.probability_scale == 100
    assert spec.date_format == "%m/%d/%Y %I:%M %p"
    assert spec.status is not None
    assert (spec.status.won, spec.status.lost, spec.status.open) == (["Won"], ["Out-Sold"], ["Open"])
    assert (proposal.as_of, proposal.newest) == ("today", date(2026, 11, 21))
    table = load_table("opportunities", spec, tmp_path)
    assert table.frame["amount"].sum() == 1550
    assert table.report.rejects.is_empty()


def test_salesforce_report_with_its_footer(tmp_path):
    _, spec = proposed(
        tmp_path,
        "Opportunity ID,Opportunity Name,Account Name,Opportunity Owner,Stage,Amount,Probability (%),Close Date\n"
        "006A,Deal,Contoso,Ann,Closed Won,100,100,2026-01-02\n006B,Deal,Contoso,Ann,Prospecting,200,10,2026-02-03\n"
        "006C,Deal,Contoso,Ann,Closed Lost,300,0,2026-03-04\n",
    )
    assert spec.columns["owner"] == "Opportunity Owner"
    assert spec.status is not None
    assert (spec.status.column, spec.status.won, spec.status.lost, spec.status.open) == (
        "Stage", ["Closed Won"], ["Closed Lost"], ["*"],
    )  # fmt: skip


def test_german_export(tmp_path):
    proposal, spec = proposed(
        tmp_path,
        "Verkaufschance-ID;Thema;Firma;Besitzer;Geschätzter Umsatz;Vertriebsphase;Status;Abschlussdatum;Erstellt am\n"
        "1;A;Müller;Ann;1.234,50 €;Angebot;Offen;31.12.2026;01.02.2026 10:00\n"
        "2;B;Müller;Ann;99,00 €;Angebot;Gewonnen;15.03.2026;01.02.2026 11:00\n"
        "3;C;Müller;Ann;7,00 €;Angebot;Verloren;15.03.2026;01.02.2026 11:00\n",
    )
    assert (spec.separator, spec.decimal) == (";", ",")
    assert spec.date_format == {"close_date": "%d.%m.%Y", "created_date": "%d.%m.%Y %H:%M"}
    table = load_table("opportunities", spec, tmp_path)
    assert str(table.frame["amount"].sum()) == "1340.5000"
    assert table.frame["status"].to_list() == ["open", "won", "lost"]
    assert "with a decimal comma" in texts(proposal, "understood")


AMBIGUOUS = "Id,Stage,Amount,Close Date,Created\n1,x,5,03/04/2026,01/02/2026\n2,x,6,05/06/2026,{created}\n"


def test_dates_that_fit_two_formats_are_left_to_a_person(tmp_path):
    proposal, spec = proposed(tmp_path, AMBIGUOUS.format(created="02/02/2026"))
    assert spec.date_format is None
    assert "all 2 values fit %m/%d/%Y and %d/%m/%Y alike" in texts(proposal, "unsure")
    assert "# QUESTION: close_date = 'Close Date'" in proposal.as_toml("x")
    with pytest.raises(SourceError, match="not a date as %Y-%m-%d"):
        load_table("opportunities", spec, tmp_path)


def test_other_dates_of_the_file_decide_with_a_question(tmp_path):
    proposal, spec = proposed(tmp_path, AMBIGUOUS.format(created="28/02/2026"))
    assert spec.date_format == "%d/%m/%Y"
    assert "Taken as the other dates: %d/%m/%Y" in texts(proposal, "unsure")


def test_lookup_files_with_repeated_keys_are_named_and_not_used(tmp_path):
    (tmp_path / "Owners.csv").write_text("OwnerId,Owner\n1,Ann\n1,Bob\n2,Cy\n")
    (tmp_path / "Regions.csv").write_text("Region Id,Region\n1,East\n2,West\n9,North\n")
    proposal, spec = proposed(
        tmp_path, "Id,Stage,Amount,Close Date,OwnerId,RegionId\n1,x,5,2026-01-01,1,2\n2,x,6,2026-01-01,2,7\n"
    )
    assert "Owners.csv has several rows for one OwnerId" in texts(proposal, "unsure")
    assert [one.take for one in spec.lookup] == [{"region": "Region"}]
    assert "1 of 2 keys found, 1 row finds nothing" in texts(proposal, "understood")


def test_what_is_needed_and_not_there_is_said(tmp_path):
    proposal, _ = proposed(tmp_path, "Id,Stage,Whatever\n1,x,y\n")
    assert "no column found for amount, which is needed" in texts(proposal, "missing")
    assert "no column found for close_date, which is needed" in texts(proposal, "missing")


def test_what_is_needed_and_has_another_name_is_asked_for(tmp_path):
    proposal, _ = proposed(
        tmp_path,
        "Lfd;Stage;Preis;Fertig;Zuletzt;Who\nA7;x;1.234,50;31.12.2026;01.02.2026;Ann\nA8;x;99,00;15.03.2026;;Ann\n",
    )
    said = texts(proposal, "missing")
    assert """is it 'Lfd'? Then write opportunity_id = "Lfd\"""" in said
    assert """is it 'Preis'? Then write amount = "Preis\"""" in said
    assert """is it 'Fertig' or 'Zuletzt'? Then write close_date = "..."\n""" in said + "\n"
    assert "# no column found for close_date, which is needed; is it" in proposal.as_toml("x")


def test_short_and_german_names_of_what_is_needed(tmp_path):
    _, spec = proposed(
        tmp_path, "id,stage,value,created,close\n1,x,5,2026-01-01,2026-12-01\n2,x,6,2026-01-01,2026-12-01\n"
    )
    assert spec.columns["close_date"] == "close"
    _, spec = proposed(
        tmp_path, "Chance-Nr.;Phase;Betrag;Abschluss\n1;x;5,50;01.12.2026\n2;x;6,10;13.12.2026\n"
    )
    assert spec.columns["opportunity_id"] == "Chance-Nr."
    assert spec.columns["close_date"] == "Abschluss"


@pytest.mark.parametrize(
    ("header", "amounts", "currency"),
    [
        ("Amount (EUR)", ("5", "6"), "EUR"),
        ("Amount (€)", ("5", "6"), "EUR"),
        ("Amount in £", ("5", "6"), "GBP"),
        ("Amount", ("5 €", "6,50 €"), "EUR"),
        ("Amount", ("CHF 5", "CHF 6"), "CHF"),
        ("Amount", ("5", "6 €"), None),
        ("Amount", ("5 €", "£ 6"), None),
        ("Amount", ("$5", "$6"), None),
        ("Amount ($)", ("5", "6"), None),
        ("Amount ACV", ("5", "6"), None),
    ],
)
def test_a_currency_is_taken_where_it_is_certain(tmp_path, header, amounts, currency):
    rows = "".join(f"{number};x;{amount};2026-12-01\n" for number, amount in enumerate(amounts))
    proposal, spec = proposed(tmp_path, f"Id;Stage;{header};Close Date\n{rows}")
    assert spec.columns["amount"] == header
    assert proposal.currency == currency
    assert ("names a currency" in texts(proposal, "unsure")) == (currency is None)


@pytest.mark.parametrize(
    ("codes", "currency", "level", "said"),
    [
        (("EUR", "EUR", ""), "EUR", "understood", "'Currency' names EUR on every row that names one"),
        (("EUR", "EUR", "EUR"), "EUR", "understood", "'Currency' is EUR on every row"),
        (("EUR", "CHF", "EUR"), "EUR", "unsure", "EUR (2) and CHF (1)"),
        (("Euro", "Euro", "Euro"), None, "unsure", "check currency in cockpit.toml"),
    ],
)
def test_a_column_of_currencies_says_what_figures_are_in(tmp_path, codes, currency, level, said):
    rows = "".join(f"{number},x,5,{code},2026-12-01\n" for number, code in enumerate(codes))
    proposal, _ = proposed(tmp_path, f"Id,Stage,Amount,Currency,Close Date\n{rows}")
    assert proposal.currency == currency
    assert said in texts(proposal, level)
    assert f'currency = "{currency or "USD"}"' in proposal.as_toml("x")


def test_a_file_without_a_header_is_said_to_have_none(tmp_path):
    proposal, _ = proposed(tmp_path, "274,2011-05-31 00:00:00,28000,Ann\n275,2011-08-31 00:00:00,7000,Bob\n")
    said = texts(proposal, "missing")
    assert "its first line looks like data, not like names of columns: '274', '2011-05-31 00:00:00'" in said
    assert 'header = ["...", "...", "...", "..."]' in said
    assert "is it '274'" not in said
    assert "nothing found for" not in said
    assert '# header = ["...", "...", "...", "..."]' in proposal.as_toml("x")


def test_many_columns_of_their_own_are_counted(tmp_path):
    more = [f"Extra {number}" for number in range(30)]
    proposal, _ = proposed(
        tmp_path,
        f"Id,Stage,Amount,Close Date,{','.join(more)}\n1,x,5,2026-12-01,{','.join('a' for _ in more)}\n",
    )
    assert "kept under their own names: Extra 0, Extra 1" in texts(proposal, "understood")
    assert "Extra 9 and 20 more" in texts(proposal, "understood")


def test_lines_without_a_value_are_no_rows(tmp_path):
    proposal, _ = proposed(
        tmp_path, "Id;Status;Amount;Close Date\n1;Won;5;2026-01-01\n;;;\n2;Lost;6;2026-01-01\n;;7;\n"
    )
    assert "Export.csv: 3 rows, 4 columns" in texts(proposal, "understood")
    unsure = texts(proposal, "unsure")
    assert "1 row has no 'Status' and is rejected" in unsure
    assert "2 different values; 1 row has none and will be rejected" in unsure


def test_header_below_title_lines_and_hostile_headers(tmp_path):
    proposal, spec = proposed(
        tmp_path,
        'Report\n\nId,Stage,Amount,Close Date,"a""b\\\x1b"\n1,x,5,2026-01-01,q\n2,x,5,2026-01-01,q\n',
    )
    assert spec.header == 3
    text = proposal.as_toml('A "name"\n')
    problems = []
    parsed = parse_toml(text, tmp_path / "cockpit.toml")
    assert convert(parsed, SourceSpec, problems, ("x",), parsed.data["sources"]["opportunities"]) == spec
    assert not problems
    assert "\x1b" not in text


def test_all_four_tables_and_all_missing_files_at_once(tmp_path):
    (tmp_path / "a.csv").write_text(
        "Agreement Number,Account,End Date,Annual Value\n1,Contoso,2026-12-31,5\n"
    )
    (tmp_path / "c.csv").write_text("Account ID,Account Name,Segment\n1,Contoso,Large\n")
    (tmp_path / "q.csv").write_text("Seller,Quarter,Quota\nAnn,FY27-Q1,500\n")
    proposal, _ = proposed(
        tmp_path, "Id,Stage,Amount,Close Date,Account Id\n1,x,5,2026-01-01,1\n",
        agreements=tmp_path / "a.csv", accounts=tmp_path / "c.csv", quota=tmp_path / "q.csv",
    )  # fmt: skip
    assert list(proposal.sources) == ["opportunities", "agreements", "accounts", "quota"]
    for table, spec in proposal.sources.items():
        assert load_table(table, spec, tmp_path).report.rows_kept == 1
    assert proposal.sources["opportunities"].lookup[0].take == {
        "account": "Account Name",
        "segment": "Segment",
    }
    with pytest.raises(SourceError) as caught:
        propose(tmp_path, opportunities=tmp_path / "x.csv", quota=tmp_path / "y.csv", today=TODAY)
    assert len(caught.value.problems) == 2


@pytest.mark.parametrize(
    ("values", "formats"),
    [
        (["2026-01-13"], ("%Y-%m-%d",)),
        (["01/13/2026", "01/02/2026"], ("%m/%d/%Y",)),
        (["13/01/26"], ("%d/%m/%y",)),
        (["03/03/2026"], ("%m/%d/%Y",)),
        (["3. Mai"], ()),
        (["13-Jan-2026"], ("%d-%b-%Y",)),
        (["2026-01-13T10:00:00Z"], ("%Y-%m-%dT%H:%M:%S%.f%#z",)),
    ],
)
def test_date_evidence(values, formats):
    import polars as pl

    assert date_evidence(pl.Series("d", values)).formats == formats


@pytest.mark.parametrize(
    ("values", "against"),
    [
        (["31.12.2026", "01.02.2026"], "; only 1 fit %m.%d.%Y"),
        (["31.12.2026"], "; no value fits %m.%d.%Y"),
        (["12/31/2026"], "; no value fits %d/%m/%Y"),
        (["2026-12-31"], ""),
        (["31 Dec 2026"], ""),
    ],
)
def test_only_a_reading_that_swaps_day_and_month_speaks_against_a_date_format(values, against):
    import polars as pl

    words = date_evidence(pl.Series("d", values)).words
    assert words.partition("values read as ")[2].partition(";")[1:] == tuple(
        against.partition(";")[1:] if against else ("", "")
    )


def test_number_evidence():
    import polars as pl

    assert number_evidence(pl.Series("n", ["1.234"])).unsure
    assert number_evidence(pl.Series("n", ["1.234,5"])).decimal == ","
    assert number_evidence(pl.Series("n", ["a", "b"])).decimal is None
    assert probability_scale(pl.Series("p", ["10", "90"]), ".")[0] == 100
    assert probability_scale(pl.Series("p", ["10 %"]), ".")[0] == 1
    assert probability_scale(pl.Series("p", ["500"]), ".")[0] is None
