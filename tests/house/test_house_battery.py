"""Every case of the battery of hostile input that the screen and the exports owe has its tests.

The table says where each case is tested; a test that is renamed or dropped makes this one fail.
"""

import ast
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]
SCREEN = "e2e/test_e2e_safety.py"
CLEAN = "base/test_clean.py"
FILES = "sources/test_sources_battery.py"
CONFIG = "cli/test_hostile_configuration.py"
SECRETS = "http/test_http_secrets.py"
EVERYWHERE = (SCREEN, "test_nothing_of_the_data_is_obeyed")
ONE_MARK = (CLEAN, "test_what_a_terminal_would_obey_is_one_visible_mark_each")

CASES: dict[int, tuple[tuple[str, str], ...]] = {
    1: (EVERYWHERE, ONE_MARK, (SCREEN, "test_the_title_and_the_clipboard_of_tmux_stay_as_they_are")),
    2: (EVERYWHERE, ONE_MARK, (SCREEN, "test_the_title_and_the_clipboard_of_tmux_stay_as_they_are")),
    3: (EVERYWHERE, ONE_MARK),
    4: (EVERYWHERE, ONE_MARK),
    5: (EVERYWHERE, ONE_MARK),
    6: (EVERYWHERE, ONE_MARK, (CLEAN, "test_a_mark_takes_one_cell_so_that_columns_stay_in_line")),
    7: (
        EVERYWHERE,
        (SCREEN, "test_a_name_from_the_command_line_is_shown_not_obeyed"),
        (SCREEN, "test_errors_about_hostile_files_are_clean"),
        (SCREEN, "test_a_sheet_of_hostile_name_and_thousands_of_columns"),
        (SECRETS, "test_38_no_secret_is_ever_written_or_shown"),
    ),
    8: (EVERYWHERE, (CLEAN, "test_brackets_are_text_like_any_other")),
    9: (EVERYWHERE, (CLEAN, "test_brackets_are_text_like_any_other")),
    10: (EVERYWHERE, (SCREEN, "test_a_click_on_data_does_nothing_that_the_data_says")),
    11: (
        ("tui/test_tui_markup.py", "test_no_text_is_given_to_textual_as_a_plain_string"),
        ("tui/test_tui_markup.py", "test_only_one_widget_draws_and_it_draws_segments"),
    ),
    12: (EVERYWHERE, ONE_MARK),
    13: (EVERYWHERE, (CLEAN, "test_two_names_that_only_look_alike_do_not_look_alike_any_more")),
    14: (EVERYWHERE, (CLEAN, "test_twenty_thousand_marks_on_a_letter_are_cut")),
    15: (EVERYWHERE, (CLEAN, "test_what_people_write_stays_and_its_columns_are_in_line")),
    16: (
        (FILES, "test_16_a_cell_of_a_megabyte_is_cut_and_that_is_told"),
        (FILES, "test_16_of_five_thousand_columns_the_mapped_ones_and_the_first_others_are_taken"),
        (FILES, "test_16_two_million_rows_stay_below_a_ceiling_of_memory"),
        (SCREEN, "test_a_cell_of_a_megabyte_is_capped_with_a_notice_and_the_screen_lives"),
        (SCREEN, "test_a_sheet_of_hostile_name_and_thousands_of_columns"),
    ),
    30: (
        ("sources/test_sources_roundtrip.py",
         "test_30_an_export_holds_no_formula_and_its_numbers_come_back_to_the_cent"),
        ("text/test_text_forms.py", "test_csv_comes_back_with_only_the_guard_added"),
        ("text/test_text_forms.py", "test_a_cell_of_csv"),
        ("tui/test_tui_clipboard.py",
         "test_what_goes_into_a_spreadsheet_is_no_formula_and_numbers_are_untouched"),
    ),
    35: (
        (CONFIG, "test_35_each_mistake_is_named_with_its_line"),
        (CONFIG, "test_35_a_byte_order_mark_is_no_mistake"),
        (SECRETS, "test_35_no_command_from_a_file_that_others_may_write"),
        (SECRETS, "test_35_a_writable_configuration_with_a_command_is_told_with_its_line"),
        ("workspace/test_workspace_config.py", "test_all_mistakes_are_told_at_once_each_at_its_line"),
    ),
    36: (
        (CONFIG, "test_36_a_calendar_that_no_file_can_be_is_refused"),
        (CONFIG, "test_36_a_source_that_no_file_can_be_is_told_and_the_rest_goes_on"),
        (CONFIG, "test_36_a_theme_or_keymap_that_no_file_can_be_is_told_and_replaced"),
    ),
    37: (
        (CONFIG, "test_37_a_state_folder_that_others_may_write_is_closed_and_it_is_said"),
        (CONFIG, "test_37_a_state_folder_that_is_a_link_is_refused"),
        (CONFIG, "test_37_what_belongs_to_somebody_else_is_not_changed_but_told"),
        ("store/test_store_faults.py", "test_open_modes_are_closed_again_and_it_is_said"),
        ("store/test_store_faults.py", "test_a_link_is_not_followed"),
    ),
    38: (
        (SECRETS, "test_38_no_secret_is_ever_written_or_shown"),
        (SCREEN, "test_a_secret_of_the_environment_is_written_nowhere"),
        (CONFIG, "test_38_a_crash_file_holds_no_value_of_the_program"),
    ),
}  # fmt: skip
"""By the number of the case: the files below `tests` and the tests in them."""


def names_in(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {one.name for one in ast.walk(tree) if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)}


def test_no_case_is_without_a_test() -> None:
    assert sorted(CASES) == [*range(1, 17), 30, 35, 36, 37, 38]
    assert all(CASES.values())


@pytest.mark.parametrize("case", CASES)
def test_the_tests_of_a_case_are_there(case: int) -> None:
    missing = [f"{file}: {name}" for file, name in CASES[case] if name not in names_in(TESTS / file)]
    assert missing == []
