"""The requests of cookies.json whose reader knows of revocations."""

from __future__ import annotations

from sealed_session import revocations as rv

from ..cases import KEY, NAME, NOW, OTHER_KEY, PLAIN, Cases, Token, record

X = f"{NAME}.x"


def kept(kind: int, named: bytes = b"", at: int = NOW, **more: object) -> str:
    key, audience = more.get("key", KEY), more.get("audience", "")
    name = rv.target(key, audience.encode(), kind, named)
    return rv.kept(name, at, NOW + 50_000).hex()


def targets(cases: Cases) -> None:
    found = record(subject="user-17", labels=["sid:1", "tenant:7"])
    token = Token("revoked", found)
    sign_in, created = found.id[:8], found.created
    for case, revocation, over in (
        ("nothing", [], False),
        ("everything", [kept(rv.EVERYTHING)], True),
        ("its subject", [kept(rv.SUBJECT, b"user-17")], True),
        ("another subject", [kept(rv.SUBJECT, b"user-18")], False),
        ("its sign-in", [kept(rv.SIGN_IN, sign_in)], True),
        ("another sign-in", [kept(rv.SIGN_IN, b"\xa2" * 8)], False),
        ("its sign-in, long ago", [kept(rv.SIGN_IN, sign_in, 0)], True),
        ("its first label", [kept(rv.LABEL, b"sid:1")], True),
        ("its second label", [kept(rv.LABEL, b"tenant:7")], True),
        ("a label like its subject", [kept(rv.LABEL, b"user-17")], False),
        ("a subject like its label", [kept(rv.SUBJECT, b"sid:1")], False),
        ("its beginning", [kept(rv.EVERYTHING, at=created)], True),
        ("before, within the skew", [kept(rv.EVERYTHING, at=created - 119)], True),
        ("before, by the skew", [kept(rv.EVERYTHING, at=created - 120)], False),
        (
            "a late one beside an early one",
            [kept(rv.EVERYTHING, at=0), kept(rv.SUBJECT, b"user-17")],
            True,
        ),
        (
            "an early one beside a late one",
            [kept(rv.EVERYTHING), kept(rv.SUBJECT, b"user-17", 0)],
            True,
        ),
        ("for another audience", [kept(rv.EVERYTHING, audience="shop")], False),
        ("under an unknown key", [kept(rv.EVERYTHING, key=OTHER_KEY)], False),
    ):
        expected = "revoked" if over else token.found
        case = f"revoked: {case}"
        cases.add(case, token.bare(), expected, revocations=revocation)
    keys = {"keys": [KEY, OTHER_KEY]}
    under_other = [kept(rv.EVERYTHING, key=OTHER_KEY)]
    case = "revoked: under another key of the ring"
    cases.add(case, token.bare(), "revoked", revocations=under_other, **keys)
    retired = keys | {"retired": {OTHER_KEY: NOW}, "revocations": under_other}
    cases.add("revoked: under a retired key", token.bare(), token.found, **retired)
    for skew, at, over in ((0, created, True), (0, created - 1, False), (1, created, True)):
        expected = "revoked" if over else token.found
        case = f"revoked: skew of {skew} s, {created - at} s before"
        revocation = [kept(rv.EVERYTHING, at=at)]
        cases.add(case, token.bare(), expected, skew=skew, revocations=revocation)


def among_others(cases: Cases) -> None:
    everything = {"revocations": [kept(rv.EVERYTHING)]}
    old = Token("revoked old", record(created=NOW - 43_200), issued=NOW - 10)
    cases.add("revoked: and over", old.bare(), "absolute_expired", **everything)
    token = Token("revoked buried", record())
    stone = f"{token.bare()}; {X}={token.tombstone()}"
    cases.add("revoked: and buried", stone, "destroyed", **everything)
    own = {"name": PLAIN}
    mine = Token("revoked mine", record(), **own)
    other = Token("revoked other", record(0xA2), **own)
    gone = {"revocations": [kept(rv.SIGN_IN, mine.record.id[:8])]}
    lines = f"{mine.bare(PLAIN)}; {other.bare(PLAIN)}"
    case = "revoked: no conflict with a session that is"
    cases.add(case, lines, other.found, **own, **gone)


def known(cases: Cases) -> None:
    token = Token("known", record())
    for age, within, over in (
        (0, 0, True),
        (0, 1, False),
        (1, 1, False),
        (2, 1, True),
        (30, 30, False),
        (31, 30, True),
        (-1, 0, False),
        (-50, 0, False),
        (31, None, False),
    ):
        told = {"revocations": [], "as_of": NOW - age}
        told |= {} if within is None else {"within": within}
        expected = "not_known" if over else token.found
        bound = "any age" if within is None else f"{within} s"
        cases.add(f"known as of {age} s ago, within {bound}", token.bare(), expected, **told)
    revoked = {"revocations": [kept(rv.EVERYTHING)], "as_of": 0, "within": 30}
    cases.add("known long ago, and revoked", token.bare(), "revoked", **revoked)
    idle = Token("known idle", record(created=NOW - 9_000), issued=NOW - 1_800)
    told = {"revocations": [], "as_of": 0, "within": 30}
    cases.add("known long ago, and idle", idle.bare(), "idle_expired", **told)


def missing(cases: Cases) -> None:
    since = NOW - 1_000
    for after, over in ((-1_000, True), (119, True), (120, False)):
        token = Token(f"began {after} s after", record(created=since + after))
        told = {"revocations": [], "since": since, "within": 30}
        expected = "not_known" if over else token.found
        case = f"begun {after} s after the time before which some may be missing"
        cases.add(case, token.bare(), expected, **told)
    old = Token("old", record(created=since - 1))
    told = {"revocations": [], "since": since}
    cases.add("some may be missing, and no bound", old.bare(), old.found, **told)
    told = {"revocations": [kept(rv.EVERYTHING)], "since": since, "within": 30}
    cases.add("some may be missing, and revoked", old.bare(), "revoked", **told)


GROUPS = (targets, among_others, known, missing)
