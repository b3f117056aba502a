"""The requests of cookies.json with lifetimes of the session's own, and the last second."""

from __future__ import annotations

from typing import Any

from sealed_session.policy import LAST_SECOND, NEVER

from ..cases import KEY, NAME, NOW, PLAIN, Cases, Expected, Token, record

T, X = f"{NAME}.t", f"{NAME}.x"
BOUNDS = {"shortest_idle": 300, "longest_idle": 7200, "longest_absolute": 604_800}


def around(
    cases: Cases, case: str, end: int, own: tuple[int, int], **policy: Any
) -> None:
    """An idle timeout that ends at `end`: a second before, at, and after."""
    for age in (end - 1, end, end + 1):
        found = record(created=NOW - age - 5, own=own)
        token = Token(f"own {case} {age}", found, issued=NOW - age)
        expected = token.found if age < end else "idle_expired"
        cases.add(
            f"own idle timeout: {case}, {age} s", token.bare(), expected, **policy
        )


def around_end(
    cases: Cases, case: str, end: int, own: tuple[int, int], **policy: Any
) -> None:
    """The same for an absolute lifetime."""
    for age in (end - 1, end, end + 1):
        found = record(created=NOW - age, own=own)
        token = Token(f"own end {case} {age}", found, issued=NOW - 10)
        expected = token.found if age < end else "absolute_expired"
        case_ = f"own absolute lifetime: {case}, {age} s"
        cases.add(case_, token.bare(), expected, **policy)


def lifetimes(cases: Cases) -> None:
    never = {"never_idle": True}
    around(cases, "longer than the policy's", 3600, (3600, 0), **BOUNDS)
    around(cases, "shorter than the policy's", 600, (600, 0), **BOUNDS)
    around(cases, "the shortest one", 300, (300, 0), **BOUNDS)
    around(cases, "below the shortest one", 300, (299, 0), **BOUNDS)
    around(cases, "one second", 300, (1, 0), **BOUNDS)
    around(cases, "the longest one", 7200, (7200, 0), **BOUNDS)
    around(cases, "above the longest one", 7200, (7201, 0), **BOUNDS)
    around(cases, "highest but one", 7200, (NEVER - 1, 0), **BOUNDS, **never)
    around(cases, "none, not permitted", 7200, (NEVER, 0), **BOUNDS)
    around(cases, "none of its own, with bounds", 1800, (0, 0), **BOUNDS, **never)
    around(cases, "the policy's, with an own end", 1800, (0, 86_400), **BOUNDS)
    around(cases, "with an own end", 600, (600, 86_400), **BOUNDS)
    around(cases, "shorter, no bounds told", 1800, (600, 0))
    around(cases, "longer, no bounds told", 1800, (3600, 0))
    around(cases, "none, no bounds told", 1800, (NEVER, 0))
    around_end(cases, "shorter than the policy's", 3600, (0, 3600), **BOUNDS)
    around_end(cases, "longer than the policy's", 86_400, (0, 86_400), **BOUNDS)
    around_end(cases, "the longest one", 604_800, (0, 604_800), **BOUNDS)
    around_end(cases, "above the longest one", 604_800, (0, 604_801), **BOUNDS)
    around_end(cases, "the highest number", 604_800, (0, NEVER), **BOUNDS)
    around_end(cases, "the policy's, with bounds", 43_200, (600, 0), **BOUNDS)
    around_end(cases, "one second", 11, (0, 11), **BOUNDS)
    around_end(cases, "shorter, no bounds told", 3600, (0, 3600))
    around_end(cases, "longer, no bounds told", 43_200, (0, 86_400))

    def idle_since(case: str, age: int, own: tuple[int, int], created: int) -> Token:
        return Token(
            f"never {case}", record(created=created, own=own), issued=NOW - age
        )

    def add(case: str, token: Token, expected: str | Expected, **policy: Any) -> None:
        cases.add(f"never idle: {case}", token.bare(), expected, **policy)

    long = idle_since("for long", 43_000, (NEVER, 0), NOW - 43_199)
    add("a second before the policy's end", long, long.found, **never)
    ended = idle_since("ended", 43_000, (NEVER, 0), NOW - 43_200)
    add("at the policy's end", ended, "absolute_expired", **never)
    week = idle_since("a week", 604_799, (NEVER, 604_800), NOW - 604_799)
    bounds = BOUNDS | never
    add("with an own end, a second before it", week, week.found, **bounds)
    over = idle_since("a week over", 604_799, (NEVER, 604_800), NOW - 604_800)
    add("with an own end, at it", over, "absolute_expired", **bounds)
    remembers = BOUNDS | {"remembers": True}
    add("remembered, a second before its end", week, week.found, **remembers)
    add("remembered, at its end", over, "absolute_expired", **remembers)
    around(cases, "none, and not remembered", 7200, (NEVER, 0), **remembers)
    short = idle_since("short", 2000, (0, 0), NOW - 2000)
    add("permitted, and not asked for", short, "idle_expired", **never)

    asked = Token(
        "own touched", record(created=NOW - 5000, own=(600, 0)), issued=NOW - 900
    )
    touched = f"{asked.bare()}; {T}={{}}"
    for age in (599, 600):
        touch = asked.touch(NOW - age)
        expected = asked.used(NOW - age) if age < 600 else "idle_expired"
        case = f"own idle timeout: touched {age} s ago"
        cases.add(case, touched.format(touch), expected, **BOUNDS)
    both = Token(
        "own both", record(created=NOW - 5000, own=(600, 5000)), issued=NOW - 900
    )
    cases.add("own lifetimes: both over", both.bare(), "absolute_expired", **BOUNDS)
    with_subject = record(created=NOW - 900, own=(3600, 86_400), subject="user-17")
    token = Token("own subject", with_subject)
    cases.add("own lifetimes: with a subject", token.bare(), token.found, **BOUNDS)
    own = {"name": PLAIN}
    mine = Token("own mine", record(own=(60, 0)), **own)
    other = Token("own other", record(0xA2), **own)
    lines = f"{mine.bare(PLAIN)}; {other.bare(PLAIN)}"
    bounds = {"shortest_idle": 60, "longest_idle": 7200}
    case = "own idle timeout: no conflict with a session that is over"
    cases.add(case, lines, other.found, **own, **bounds)
    cases.add("own idle timeout: a conflict without bounds", lines, "conflict", **own)


def skews(cases: Cases) -> None:
    for skew in (0, 1, 300):
        for ahead in (skew, skew + 1):
            token = Token(f"skew {ahead}", record(created=NOW), issued=NOW + ahead)
            expected = token.found if ahead <= skew else "from_the_future"
            case = f"skew of {skew} s, issued {ahead} s ahead"
            cases.add(case, token.bare(), expected, skew=skew)
    token = Token("skew old", record(), issued=NOW - 1800)
    cases.add("skew does not lengthen", token.bare(), "idle_expired", skew=300)


def last_second(cases: Cases) -> None:
    late = Token("late", record(created=LAST_SECOND - 50), issued=LAST_SECOND)
    policy = {"idle": 600, "absolute": 9000}
    before, last = LAST_SECOND - 1, LAST_SECOND
    over = "absolute_expired"
    cases.add("the last second", late.bare(), over, now=last, **policy)
    cases.add("the last second but one", late.bare(), late.found, now=before, **policy)
    cases.add("beyond the last second", late.bare(), over, now=last + 10, **policy)
    long = {"idle": 1 << 33, "absolute": 1 << 33}
    cases.add("the last second, long lifetimes", late.bare(), over, now=last, **long)
    own = Token(
        "late own", record(created=last - 50, own=(NEVER, NEVER)), issued=last - 9
    )
    bounds = {"never_idle": True, "longest_absolute": 1 << 33} | policy
    cases.add("the last second, never idle", own.bare(), over, now=last, **bounds)
    case = "the last second but one, never idle"
    cases.add(case, own.bare(), own.found, now=before, **bounds)
    used = Token("late used", record(created=last - 900), issued=last - 800)
    lines = f"{used.bare()}; {T}={used.touch(last)}"
    case = "touch: of the last second"
    cases.add(case, lines, used.used(last), now=before, **policy)
    cases.add(f"{case}, at it", lines, over, now=last, **policy)
    stone = f"{late.bare()}; {X}={late.tombstone(key=KEY)}"
    cases.add("tombstone: the last second", stone, "destroyed", now=last, **policy)
    past = Token("past", record(created=0), issued=0)
    cases.add("the first second, as issued", past.bare(), past.found, now=1, **policy)


GROUPS = (lifetimes, skews, last_second)
