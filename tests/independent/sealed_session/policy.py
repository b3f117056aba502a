"""The policy of a reader, and what it makes of a session's times (FORMAT.md, section 6)."""

from __future__ import annotations

from dataclasses import dataclass

from .source import Refused

SKEW = 120
LAST_SECOND = 0xFFFFFFFF
# An own idle timeout that asks for none.
NEVER = 0xFFFFFFFF
# 400 days; browsers keep no cookie for longer.
MAX_AGE = 400 * 86_400


@dataclass(frozen=True)
class Policy:
    idle: int
    absolute: int
    skew: int = SKEW
    shortest_idle: int | None = None
    longest_idle: int | None = None
    never_idle: bool = False
    # Whether those with an absolute lifetime of their own may never idle out.
    remembers: bool = False
    longest_absolute: int | None = None

    def shortest(self) -> int:
        return self.idle if self.shortest_idle is None else self.shortest_idle

    def longest(self) -> int:
        return self.idle if self.longest_idle is None else self.longest_idle

    def idle_of(self, own: int, own_absolute: int) -> int | None:
        """The idle timeout that counts; 0 is none of the session's own."""
        if own == 0:
            return self.idle
        if own == NEVER:
            may = self.never_idle or (self.remembers and own_absolute != 0)
            return None if may else self.longest()
        return min(max(own, self.shortest()), self.longest())

    def absolute_of(self, own: int) -> int:
        longest = self.longest_absolute
        return min(own or self.absolute, self.absolute if longest is None else longest)

    def touch_interval(self) -> int:
        return max(min(max(self.shortest() // 10, 60), self.shortest() // 2), 1)

    def afterlife(self, created: int, used: int, now: int) -> int:
        """For how long what ended now could live if a response brought it back."""
        end = self.absolute if self.longest_absolute is None else self.longest_absolute
        may = self.never_idle or self.remembers
        alive = end if may else min(end, self.longest())
        ahead = max(0, created - now, used - now)
        return min(alive + ahead + self.skew, MAX_AGE)

    def reaches(self, time: int, now: int) -> bool:
        """Whether `time` is not more than the skew ahead."""
        return time - now <= self.skew

    def judge(
        self,
        times: tuple[int, int, int],
        own: tuple[int, int],
        over: str | None,
        now: int,
    ) -> None:
        """`times` are issued, created and used; `own` the idle and absolute lifetime."""
        issued, created, used = times
        idle, absolute = self.idle_of(*own), self.absolute_of(own[1])
        if over:
            raise Refused(over)
        if not self.reaches(issued, now) or created - now > 2 * self.skew:
            raise Refused("from_the_future")
        if max(0, now - created) >= absolute or now >= LAST_SECOND:
            raise Refused("absolute_expired")
        if idle is not None and max(0, now - used) >= idle:
            raise Refused("idle_expired")
