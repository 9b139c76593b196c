"""What stands in the title bar: news for a while, and calm states."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast

import pytest

from resonance_tui.catalog.errors import CatalogBusyError, CatalogDamagedError
from resonance_tui.catalog.watch import Changes, FileState
from resonance_tui.panes.live.news import LOCKED_AFTER_S, NEWS_FOR_S, News
from tests.unit.panes.fake_host import FakeHost
from tests.unit.panes.live.beamtime_news import FREE, HALF_WRITTEN, LOCKED, START
from tests.unit.panes.recorded_panes import RecordedBar

if TYPE_CHECKING:
    from resonance_tui.panes.live.title_bar import TitleBar

SHUT = Changes(locks=LOCKED, shut_since=START, as_of=START)


class Told:
    """The title bar, and what is said there."""

    def __init__(self, host: FakeHost) -> None:
        self.host, self.bar = host, RecordedBar()
        self.news = News(host, cast("TitleBar", self.bar))

    def say(self, changes: Changes, copied: float | None = None, newer: int = 0, **how: bool) -> str:
        """Say a state; the longest text of it."""
        self.news.say_state(changes, copied, newer, **({"frames": False, "unread": False} | how))
        return self.longest

    @property
    def longest(self) -> str:
        """What stands there, in the longest form."""
        return self.bar.standing[0] if self.bar.standing else ""


@pytest.fixture
def told(host: FakeHost) -> Told:
    """A title bar in which nothing is said."""
    return Told(host)


# -- news ------------------------------------------------------------------------------------------------------


def test_news_are_said_for_a_while_for_which_nobody_waits(told: Told) -> None:
    told.news.tell("a run failed", error=True)
    assert (told.bar.news, told.bar.is_error) == ("a run failed", True)
    assert [timer.waited_for for timer in told.host.timers] == [False]
    told.host.pass_time(NEWS_FOR_S - 1)
    assert told.bar.news == "a run failed"
    told.host.pass_time(1)
    assert told.bar.news == ""


def test_newer_news_have_their_own_while(told: Told) -> None:
    told.news.tell("old", for_s=5.0)
    told.host.pass_time(4.0)
    told.news.tell("new", for_s=5.0)
    told.host.pass_time(4.0)
    assert told.bar.news == "new"
    told.host.pass_time(1.0)
    assert told.bar.news == ""


def test_only_what_is_said_is_taken_back(told: Told) -> None:
    told.news.tell("reading")
    told.news.take_back("something else")
    assert told.bar.news == "reading"
    told.news.take_back("reading")
    assert told.bar.news == ""
    assert not any(timer.pending for timer in told.host.timers)


# -- states ----------------------------------------------------------------------------------------------------


def test_where_all_is_well_nothing_is_said(told: Told) -> None:
    assert told.say(Changes(locks=FREE)) == ""
    told.news.badge("FOLLOWING")
    assert told.bar.badge_text == "FOLLOWING"


def test_a_commit_is_no_news_but_a_lock_that_lasts_is(told: Told) -> None:
    assert told.say(SHUT) == ""
    told.host.pass_time(LOCKED_AFTER_S / 2)
    assert told.say(Changes(locks=FREE)) == ""
    told.host.pass_time(LOCKED_AFTER_S)
    assert told.longest == ""
    told.say(SHUT)
    told.host.pass_time(LOCKED_AFTER_S / 2)
    assert told.say(SHUT) == ""  # one wait, however often it is looked
    told.host.pass_time(LOCKED_AFTER_S / 2)
    assert told.longest.startswith("the running scan (PID 4711) has the catalog locked since ")
    assert len(told.bar.standing) > 1  # shorter ones, too, for a narrow screen


def test_a_lock_that_is_said_is_kept_up_to_date(told: Told) -> None:
    told.say(SHUT)
    told.host.pass_time(LOCKED_AFTER_S)
    assert told.say(SHUT, frames=True).endswith("; frames live")
    assert told.say(SHUT, unread=True).startswith("B: browse a private copy")


def test_what_is_said_of_a_lock_is_the_newest_that_is_known(told: Told) -> None:
    told.say(SHUT)
    told.say(SHUT, frames=True)
    told.host.pass_time(LOCKED_AFTER_S)
    assert told.longest.endswith("; frames live")


@pytest.mark.parametrize(
    ("other", "begins"),
    [
        (replace(SHUT, file=FileState.DELETED), "the beamtime's file was deleted"),
        (replace(SHUT, locks=HALF_WRITTEN), "the acquisition stopped in the middle of a write"),
    ],
)
def test_a_lock_that_is_not_said_yet_is_not_said_over_something_worse(
    told: Told, other: Changes, begins: str
) -> None:
    told.say(SHUT)
    assert told.say(other).startswith(begins)
    told.host.pass_time(LOCKED_AFTER_S)
    assert told.longest.startswith(begins)


def test_a_private_copy_is_said_to_be_one_whatever_the_locks(told: Told) -> None:
    assert told.say(SHUT, copied=START).startswith("private copy of the database, taken ")
    assert "2 runs newer" in told.say(SHUT, copied=START, newer=2)


def test_why_the_catalog_cannot_be_read_is_said_unless_it_is_only_busy(told: Told) -> None:
    damaged = CatalogDamagedError("the file is cut short")
    assert told.say(Changes(locks=FREE, error=damaged)) == "the file is cut short"
    assert told.say(Changes(locks=FREE, error=CatalogBusyError("locked"))) == ""


def test_a_lock_of_which_it_is_not_known_since_when_is_not_said(told: Told) -> None:
    told.say(Changes(locks=LOCKED))
    told.host.pass_time(LOCKED_AFTER_S)
    assert told.longest == ""
