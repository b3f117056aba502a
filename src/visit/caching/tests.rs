//! Cache headers, by table.

use std::sync::OnceLock;

use super::*;
use crate::carrier::{Carriers, Cookies, Family, Transport};
use crate::cookie::{Budget, CookieSpec, Names};
use crate::head::ResponseHead;
use crate::seal::Binding;
use crate::visit::said::Deed;

/// A session that was looked at, and what it says.
#[derive(Clone, Copy)]
struct Case {
    lines: usize,
    asked: bool,
    live: bool,
}

fn outcome(lines: usize, asked: bool, live: bool) -> Case {
    Case { lines, asked, live }
}

/// Some day in 2027.
fn now() -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(1_800_000_000).unwrap()
}

fn carriers() -> &'static Carriers {
    static CARRIERS: OnceLock<Carriers> = OnceLock::new();
    CARRIERS.get_or_init(|| {
        let spec = CookieSpec::new("session");
        let own = Family {
            renderer: spec.renderer(),
            names: Names::new(spec.name()),
            binding: Binding::new("", "", ""),
            link_binding: Binding::new("", "", ""),
            spec,
        };
        let budget = Budget::default();
        let cookies = Cookies::new(own, None, Vec::new(), budget);
        Carriers::new(cookies, &Transport::default(), budget)
    })
}

fn said(lines: usize, sight: Sight) -> Said<'static> {
    Said {
        carriers: carriers(),
        lines: vec![HeaderChange::cookie("s=v".to_owned()); lines],
        deed: Deed::Nothing,
        sight,
        is_exposed: false,
        parting: None,
    }
}

fn changes<'a>(
    case: Case,
    response: ResponseHead<'a, impl IntoIterator<Item = (&'a str, &'a [u8])>>,
) -> Vec<HeaderChange> {
    let caching = Caching::of(response.status, response.headers, now());
    let rides = case.asked || caching.may_carry_unasked();
    let sight = if case.live {
        Sight::Session
    } else {
        Sight::NoSession
    };
    let said = said(if rides { case.lines } else { 0 }, sight);
    super::changes(std::iter::once(said).collect(), &caching)
}

/// The response after the changes: how many lines rode, `Vary` and `Cache-Control`.
fn after(case: Case, status: u16, headers: &[(&str, &str)]) -> (usize, bool, Option<String>) {
    let given = headers
        .iter()
        .map(|(name, value)| (*name, value.as_bytes()));
    let changes = changes(case, ResponseHead::new(status).headers(given));
    let mut lines = 0;
    let mut vary = false;
    let mut control: Option<String> = headers
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case("cache-control"))
        .map(|(_, value)| (*value).to_owned());
    for change in changes {
        match change.name() {
            "set-cookie" => lines += 1,
            "vary" => vary = change.value() == "Cookie",
            "cache-control" => control = Some(change.value().to_owned()),
            name => {
                assert!(is_targeted(name) || name == "x-accel-expires", "{name}");
                assert_eq!(change, HeaderChange::remove(name.to_owned()));
            }
        }
    }
    (lines, vary, control)
}

#[test]
fn a_page_that_never_looks_is_left_alone() {
    assert!(said(0, Sight::Nothing).is_silent());
    assert!(!said(0, Sight::NoSession).is_silent());
    assert!(!said(1, Sight::Nothing).is_silent());
}

#[test]
fn a_session_looked_at_varies_and_a_live_one_is_private_by_default() {
    let text = |s: &str| Some(s.to_owned());
    assert_eq!(after(outcome(0, false, false), 200, &[]), (0, true, None));
    assert_eq!(
        after(outcome(0, false, true), 200, &[]),
        (0, true, text("private"))
    );
    for silent in [
        "no-transform",
        "must-revalidate",
        "stale-while-revalidate=60",
    ] {
        let result = after(outcome(0, false, true), 200, &[("Cache-Control", silent)]);
        assert_eq!(result.2, Some(format!("private, {silent}")));
    }
    let spoken = [("cache-control", "public, max-age=60")];
    assert_eq!(
        after(outcome(0, false, true), 200, &spoken),
        (0, true, text(spoken[0].1))
    );
    assert!(!after(outcome(0, false, false), 200, &[("vary", "Accept, cookie")]).1);
    assert!(!after(outcome(0, false, false), 200, &[("vary", "*")]).1);
    assert!(after(outcome(0, false, false), 200, &[("vary", "Accept")]).1);
}

#[test]
fn lines_that_were_asked_for_force_private() {
    let table: &[(&str, &str)] = &[
        ("public, max-age=60", "private, max-age=60"),
        ("s-maxage=10, Public", "private"),
        ("no-store", "private, no-store"),
        ("private, max-age=5", "private, max-age=5"),
        ("private=\"a, b\", max-age=5", "private, max-age=5"),
        (
            "no-cache=\"a, b\", max-age=1",
            "private, no-cache=\"a, b\", max-age=1",
        ),
    ];
    for (said, wanted) in table {
        let result = after(outcome(2, true, true), 200, &[("cache-control", said)]);
        assert_eq!(result, (2, true, Some((*wanted).to_owned())), "{said}");
    }
    assert_eq!(after(outcome(1, true, false), 304, &[]).0, 1);
    for (name, value) in [
        ("cdn-cache-control", "max-age=60"),
        ("Cloudflare-CDN-Cache-Control", "public"),
        ("surrogate-control", "max-age=60"),
        ("edge-control", "s-maxage=60"),
        ("X-Accel-Expires", "60"),
    ] {
        let response = ResponseHead::new(200).headers([(name, value.as_bytes())]);
        let removed = HeaderChange::remove(name.to_ascii_lowercase());
        assert!(
            changes(outcome(1, true, true), response).contains(&removed),
            "{name}"
        );
        let lines = after(outcome(1, false, false), 200, &[(name, value)]).0;
        assert_eq!(lines, 0, "{name}");
    }
}

#[test]
fn lines_nobody_asked_for_wait_where_a_shared_cache_could_store_them() {
    let rides =
        |status, headers: &[(&str, &str)]| after(outcome(1, false, false), status, headers).0;
    assert_eq!(rides(200, &[]), 1);
    assert_eq!(rides(404, &[("cache-control", "no-store")]), 1);
    assert_eq!(rides(200, &[("cache-control", "private, max-age=60")]), 1);
    assert_eq!(rides(200, &[("cache-control", "no-cache")]), 1);
    assert_eq!(rides(304, &[]), 0);
    for shared in [
        "public",
        "max-age=60",
        "S-MaxAge=60",
        "no-cache, public",
        "private=\"x\", max-age=60",
    ] {
        assert_eq!(rides(200, &[("cache-control", shared)]), 0, "{shared}");
    }
    assert_eq!(
        rides(200, &[("expires", "Thu, 01 Jan 2099 00:00:00 GMT")]),
        0
    );
    assert_eq!(rides(200, &[("cdn-cache-control", "max-age=60")]), 0);
    assert_eq!(
        rides(
            200,
            &[
                ("cache-control", "private"),
                ("surrogate-control", "max-age=9")
            ]
        ),
        0
    );
}

#[test]
fn fields_that_forbid_caching_hold_nothing_back() {
    let cases: &[&[(&str, &str)]] = &[
        &[("cdn-cache-control", "no-store")],
        &[
            ("cache-control", "no-store"),
            ("surrogate-control", "no-store"),
        ],
        &[
            ("cache-control", "private"),
            ("cdn-cache-control", "private"),
        ],
        &[("cache-control", "no-cache"), ("expires", "0")],
        &[("cache-control", "no-cache, max-age=0, must-revalidate")],
        &[("cache-control", "max-age=0, s-maxage=0")],
        &[("x-accel-expires", "0")],
        &[("expires", "Thu, 01 Jan 1970 00:00:00 GMT")],
        &[("expires", "Fri, 15 Jan 2027 07:59:59 GMT")],
        &[("expires", "-1")],
        // `max-age` speaks louder.
        &[
            ("cache-control", "max-age=0"),
            ("expires", "Thu, 01 Jan 2099 00:00:00 GMT"),
        ],
        &[
            ("cache-control", "private"),
            ("expires", "Thu, 01 Jan 2099 00:00:00 GMT"),
        ],
    ];
    for headers in cases {
        let (lines, _, control) = after(outcome(1, false, false), 200, headers);
        assert_eq!(lines, 1, "{headers:?}");
        assert!(control.unwrap().contains("private"), "{headers:?}");
        // And stay what they were.
        let given = headers
            .iter()
            .map(|(name, value)| (*name, value.as_bytes()));
        let changes = changes(
            outcome(1, false, false),
            ResponseHead::new(200).headers(given),
        );
        assert!(
            !changes
                .iter()
                .any(|change| format!("{change:?}").starts_with("Remove")),
            "{headers:?}"
        );
    }
    // What neither lets nor forbids is not to speak over `private`.
    for (name, value) in [
        ("cdn-cache-control", "no-cache"),
        ("cdn-cache-control", "max-age=0"),
        ("cdn-cache-control", "max-age=0, stale-while-revalidate=9"),
        ("cdn-cache-control", "must-revalidate"),
        ("cdn-cache-control", "private=\"x\""),
        ("surrogate-control", "content=\"ESI/1.0\""),
        ("x-accel-expires", "off"),
    ] {
        for asked in [true, false] {
            let response = ResponseHead::new(200).headers([(name, value.as_bytes())]);
            let changes = changes(outcome(1, asked, false), response);
            let removed = HeaderChange::remove(name.to_owned());
            let rides = format!("{changes:?}").contains("set-cookie");
            assert_eq!(changes.contains(&removed), rides, "{name}: {value}");
            assert!(rides || !asked);
        }
    }
    for shared in [
        &[("expires", "Fri, 15 Jan 2027 08:00:01 GMT")][..],
        &[("x-accel-expires", "60")],
        &[("cache-control", "public, max-age=0")],
        &[("cache-control", "max-age=0, s-maxage=60")],
        &[
            ("cache-control", "no-store"),
            ("cdn-cache-control", "public"),
        ],
    ] {
        assert_eq!(
            after(outcome(1, false, false), 200, shared).0,
            0,
            "{shared:?}"
        );
    }
}
