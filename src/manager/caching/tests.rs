//! Cache headers, by table.

use super::*;

fn outcome(lines: usize, asked: bool, live: bool) -> Outcome {
    Outcome {
        lines: vec!["s=v".to_owned(); lines],
        asked,
        looked_at: true,
        live,
        ..Outcome::default()
    }
}

fn changes<'a>(
    outcome: Outcome,
    response: ResponseHead<'a, impl IntoIterator<Item = (&'a str, &'a [u8])>>,
) -> Vec<HeaderChange> {
    let never = || panic!("no touch is due");
    super::changes(outcome, response, &Parting::default(), never)
}

/// The response after the changes: how many lines rode, `Vary` and `Cache-Control`.
fn after(outcome: Outcome, status: u16, headers: &[(&str, &str)]) -> (usize, bool, Option<String>) {
    let given = headers
        .iter()
        .map(|(name, value)| (*name, value.as_bytes()));
    let changes = changes(outcome, ResponseHead::new(status).headers(given));
    let mut lines = 0;
    let mut vary = false;
    let mut control: Option<String> = headers
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case("cache-control"))
        .map(|(_, value)| (*value).to_owned());
    for change in changes {
        match change {
            HeaderChange::Append {
                name: "set-cookie", ..
            } => lines += 1,
            HeaderChange::Append {
                name: "vary",
                value,
            } => vary = value == "Cookie",
            HeaderChange::Replace {
                name: "cache-control",
                value,
            } => control = Some(value),
            HeaderChange::Remove { name } => assert!(is_targeted(&name)),
            other => panic!("{other:?}"),
        }
    }
    (lines, vary, control)
}

#[test]
fn a_page_that_never_looks_is_left_alone() {
    let unseen = Outcome::default();
    assert!(changes(unseen, ResponseHead::new(200)).is_empty());
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
    for name in [
        "cdn-cache-control",
        "Cloudflare-CDN-Cache-Control",
        "surrogate-control",
        "edge-control",
        "X-Accel-Expires",
    ] {
        let response = ResponseHead::new(200).headers([(name, &b"60"[..])]);
        let removed = HeaderChange::Remove {
            name: name.to_ascii_lowercase(),
        };
        assert!(
            changes(outcome(1, true, true), response).contains(&removed),
            "{name}"
        );
        assert_eq!(
            after(outcome(1, false, false), 200, &[(name, "60")]).0,
            0,
            "{name}"
        );
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
            &[("cache-control", "private"), ("surrogate-control", "x")]
        ),
        0
    );
}
