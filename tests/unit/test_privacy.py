"""No name, address or formula of a firm's data is seen, and nothing about fewer than five people."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from sim.calibrate import privacy
from sim.calibrate.privacy import (
    at_least_five,
    harmless,
    hidden_if_few,
    is_private,
    safe_ids,
    shown_cell,
    without_lookalikes,
    without_people,
)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setattr(privacy.platformdirs, "user_data_dir", lambda *_, **__: str(tmp_path / "data"))
    privacy.local_salt.cache_clear()
    yield tmp_path / "data"
    privacy.local_salt.cache_clear()


def test_four_people_are_too_few_and_five_are_not() -> None:
    assert [at_least_five(n) for n in (0, 4, 5, 100)] == [False, False, True, True]
    assert "0.31" not in hidden_if_few(4, "0.31")
    assert hidden_if_few(5, "0.31") == "0.31"


@pytest.mark.parametrize("plain", ["1", "17", "A1", "C-12", "lead 7", "case_99", "1C1I7A6R", "006bm00000LKJNNAA5", "b"])
def test_numbers_and_codes_stay_as_ids(plain: str) -> None:
    ids, n = safe_ids(pd.Series([plain]))
    assert (ids[0], n) == (plain, 0)


@pytest.mark.parametrize("named", ["Ann Smith", "ann.smith", "ann@example.org", "ann.smith1972", "Müller", "smith-7"])
def test_ids_that_could_be_a_person_are_hashed(named: str) -> None:
    ids, n = safe_ids(pd.Series([named, "7", named]))
    assert n == 2
    assert ids[0] == ids[2] != named
    assert ids[1] == "7"


def test_the_same_machine_hashes_alike_and_another_does_not(home: Path) -> None:
    first = privacy.hashed("Ann Smith")
    privacy.local_salt.cache_clear()
    assert privacy.hashed("Ann Smith") == first
    (home / "salt").unlink()
    privacy.local_salt.cache_clear()
    assert privacy.hashed("Ann Smith") != first


def test_the_salt_can_be_read_by_its_owner_only(home: Path) -> None:
    assert len(privacy.local_salt()) == 32
    assert stat.S_IMODE((home / "salt").stat().st_mode) == 0o600
    assert [file.name for file in home.iterdir()] == ["salt"]


def test_without_a_folder_to_write_names_are_hashed_all_the_same(home: Path) -> None:
    home.write_text("a file in the place of the folder")
    assert privacy.hashed("Ann Smith") != "Ann Smith"


@pytest.mark.parametrize("text", ["ann@example.org", "Ann Smith", "call Ann B. Smith", "Smith, Ann", "Jean-Luc Élan"])
def test_a_message_shows_no_person(text: str) -> None:
    assert shown_cell(text) == "(hidden)"


@pytest.mark.parametrize("text", ["soon", "2024-13-40", "closed won", "Negotiation", "12,5 EUR"])
def test_a_message_shows_what_is_wrong(text: str) -> None:
    assert shown_cell(text) == text


def test_words_that_name_a_person_are_hidden_and_counted() -> None:
    words = pd.Series(["Web", "Ann Smith", "via ANN SMITH", "x@y.org", None, "Bo", "Bonus"])
    shown, n = without_people(words, {"Ann Smith", "Bo", ""})
    assert shown.tolist()[:4] == ["Web", "(hidden)", "(hidden)", "(hidden)"]
    assert pd.isna(shown[4])
    assert shown.tolist()[5:] == ["(hidden)", "Bonus"]
    assert n == 4


@pytest.mark.parametrize(
    "source", ["Smith, Ann", "A. Smith", "SMITH ANN", "lunch with ann smith", "Tip (smith a.)", "Ann M. Smith"]
)
@pytest.mark.parametrize("owner", ["Ann Smith", "ann.smith@example.org", "Smith, Ann"])
def test_an_owner_is_known_in_any_spelling_of_the_name(source: str, owner: str) -> None:
    assert without_people(pd.Series([source, "Web"] * 20), {owner})[0].unique().tolist() == ["(hidden)", "Web"]


@pytest.mark.parametrize("source", ["Smith", "Smithfield Fair", "Annual Fair", "Web", "ann", "A"])
def test_a_part_of_an_owners_name_is_no_person(source: str) -> None:
    assert not is_private(source, {"Ann Smith", "ann.smith@example.org"})


PEOPLE = ["Pontus Pilatus", "Referral - Ann Smith", "Smith, Ann", "Jean-Luc Élan", "ANN SMITH", "Ann B. O'Neil"]
PEOPLE += ["Анна Каренина"]
#: Values that CRMs offer by themselves, and usual ones beside them.
CHANNELS = """Web|Phone Inquiry|Partner Referral|Purchased List|Other|External Referral|Partner|Public Relations|\
Seminar - Internal|Seminar - Partner|Trade Show|Word of mouth|Employee Referral|Advertisement|\
Organic Search|Paid Search|Email Marketing|Social Media|Referrals|Other Campaigns|Direct Traffic|\
Offline Sources|Paid Social|AI Referrals|ORGANIC_SEARCH|Cold Call|Online Store|Sales Email Alias|\
Seminar Partner|Internal Seminar|Web Download|Web Research|Chat|X (Twitter)|Facebook|Google+|Google Ads|\
LinkedIn Ads|Live Chat|Olark Chat|Pay per Click Ads|Press_Release|Welingak Website|Hannover Messe|\
Webinar Customer Success|Dreamforce London 2023|Sales Navigator|Microsoft Partner Network|Yellow Pages Ad|\
Lead Generation|Black Friday|Word Of Mouth|Marketing Qualified Lead|organic_search|Trade fair|Paid search|\
Organic search|Existing Customer|In-Store Visit""".split("|")


@pytest.mark.parametrize("name", PEOPLE)
def test_a_source_that_reads_like_a_person_is_hidden_in_any_number_of_rows(name: str) -> None:
    shown, n = without_lookalikes(pd.Series([name, None, "Web"] * 50))
    assert shown.tolist()[:3:2] == ["(hidden)", "Web"]
    assert pd.isna(shown[1])
    assert n == 50


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_channel_is_shown(channel: str) -> None:
    assert without_lookalikes(pd.Series([channel] * 50))[0].unique().tolist() == [channel]


@pytest.mark.parametrize("formula", ["=1+1", "+cmd|x", "@SUM(A1)", "-2+3", "\t=1", "\r=1"])
def test_a_formula_is_written_as_text(formula: str) -> None:
    assert harmless(formula) == "'" + formula


@pytest.mark.parametrize("plain", ["Web", "-12", "+3.5", "", "a=b"])
def test_what_is_no_formula_is_written_as_it_is(plain: str) -> None:
    assert harmless(plain) == plain
