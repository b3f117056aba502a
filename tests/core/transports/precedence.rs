//! Which transport counts, and why a session is fresh.

use sealed_session::report::Source;
use sealed_session::{Refusal, SessionManager, Transport};

use super::client::{App, Request, answer, value};
use crate::common::{BASE, Browser, at, ring};

fn manager(transport: Transport) -> SessionManager {
    let builder = SessionManager::builder("session", ring());
    builder.transport(transport).build().unwrap()
}

/// A token with this name in it.
pub(crate) fn token(name: &str) -> String {
    let mut app = App::default();
    app.visit(&manager(Transport::header("x-session")), at(0), |session| {
        session.insert("name", name).unwrap();
    });
    app.token
}

type Fields<'a> = Vec<(&'a str, &'a str)>;

/// What a request is to come to: who, why not, from where, and where the answer goes.
type Wanted = (Option<&'static str>, Option<Refusal>, &'static str);

#[test]
fn the_first_transport_that_is_used_counts() {
    use Refusal::{Absent, Conflict, Malformed, OverCeiling, Tampered};
    let (ada, grace) = (token("Ada"), token("Grace"));
    let bearer = format!("Bearer {ada}");
    let cookie = format!("{BASE}={grace}");
    let two = format!("{ada}, {grace}");
    let mut changed = ada.clone();
    changed.replace_range(60..61, if ada.as_bytes()[60] == b'A' { "B" } else { "A" });
    let long = "A".repeat(36_838);
    let (header, either) = (
        || Transport::header("x-session"),
        || Transport::header("x-session").or_cookie(),
    );
    let (bear, bear_or) = (Transport::bearer, || Transport::bearer().or_cookie());
    const X: &str = "x-session";
    const AUTH: &str = "authorization";

    let field = |name| (Some(name), None, "x-session");
    let fresh = |refusal| (None, Some(refusal), "x-session");
    let in_cookie = (Some("Grace"), None, "set-cookie");
    #[rustfmt::skip]
    let table: Vec<(Transport, Fields<'_>, &str, Wanted)> = vec![
        // The header alone.
        (header(), vec![(X, &ada)], "", field("Ada")),
        (header(), vec![(X, &ada)], &cookie, field("Ada")),
        (header(), vec![], &cookie, fresh(Absent)),
        (header(), vec![(X, "")], &cookie, fresh(Absent)),
        (header(), vec![(X, "garbage")], &cookie, fresh(Malformed)),
        (header(), vec![(X, "2wxyzA")], "", fresh(Malformed)), // chunks are for cookies
        (header(), vec![(X, "\u{e4}")], "", fresh(Malformed)),
        (header(), vec![(X, &changed)], "", fresh(Tampered)),
        (header(), vec![(X, &long)], "", fresh(OverCeiling)),
        (header(), vec![(X, &ada), (X, &grace)], "", fresh(Conflict)),
        (header(), vec![(X, &ada), (X, &ada)], "", fresh(Conflict)),
        (header(), vec![(X, &two)], "", fresh(Conflict)),
        // The header, then the cookie.
        (either(), vec![(X, &ada)], &cookie, field("Ada")),
        (either(), vec![], &cookie, in_cookie),
        (either(), vec![(X, "")], &cookie, fresh(Absent)),
        (either(), vec![(X, "garbage")], &cookie, fresh(Malformed)),
        (either(), vec![(X, &ada), (X, &grace)], &cookie, fresh(Conflict)),
        (either(), vec![], "", (None, Some(Absent), "set-cookie")),
        (either(), vec![(AUTH, &bearer)], &cookie, in_cookie),
        // Credentials.
        (bear(), vec![(AUTH, &bearer)], &cookie, field("Ada")),
        (bear(), vec![(AUTH, "Bearer")], &cookie, fresh(Absent)),
        (bear(), vec![(AUTH, "Basic QWRhOmFkYQ==")], &cookie, fresh(Absent)),
        (bear(), vec![(AUTH, "Bearer garbage")], "", fresh(Malformed)),
        (bear(), vec![(X, &ada)], "", fresh(Absent)), // that is the response's field
        (bear_or(), vec![(AUTH, &bearer)], &cookie, field("Ada")),
        (bear_or(), vec![(AUTH, "Basic QWRhOmFkYQ==")], &cookie, in_cookie),
        (bear_or(), vec![(AUTH, "Bearer")], &cookie, fresh(Absent)),
        (bear_or(), vec![(AUTH, &bearer), (AUTH, &bearer)], &cookie, fresh(Conflict)),
        // Cookies alone, the default.
        (Transport::default(), vec![(X, &ada), (AUTH, &bearer)], &cookie, in_cookie),
    ];
    for (transport, fields, line, (name, refusal, answered)) in table {
        let manager = manager(transport.clone());
        let told = format!("{transport:?} {fields:?} {line}");
        let session = Request::with(&fields).cookies(line).load(&manager, at(60));
        let found = session.get::<String>("name").unwrap();
        assert_eq!(
            (found.as_deref(), session.refusal()),
            (name, refusal),
            "{told}"
        );
        let source = match (name, answered) {
            (None, _) => None,
            (_, "set-cookie") => Some(Source::Cookie),
            _ => Some(Source::Field),
        };
        assert_eq!(session.opened_from(), source, "{told}");

        session.insert("seen", true).unwrap();
        let lines = answer(&manager, &session, at(60)).unwrap();
        let carrying =
            |line: &&String| line.starts_with("x-session: ") || line.starts_with("set-cookie: ");
        let carriers: Vec<&String> = lines.iter().filter(carrying).collect();
        assert_eq!(carriers.len(), 1, "{told}: {lines:?}");
        assert!(carriers[0].starts_with(&format!("{answered}: ")), "{told}");
    }
}

#[test]
fn a_cookie_beside_a_header_is_neither_read_nor_removed() {
    let manager = manager(Transport::header("x-session").or_cookie());
    let (ada, grace) = (token("Ada"), token("Grace"));
    // Cookies in all states: live, cut into pieces, a touch, tombstones, of others.
    let cookies = format!("{BASE}={grace}; {BASE}.1=x; {BASE}.t=x; {BASE}.x=x; theme=dark");
    for end in [false, true] {
        let fields = [("x-session", ada.as_str())];
        let session = Request::with(&fields)
            .cookies(&cookies)
            .load(&manager, at(60));
        if end {
            session.destroy().unwrap();
        } else {
            session.sign_in("user-17", &[&"name"]).unwrap();
            assert_eq!(session.size().unwrap().other_cookies, 0);
        }
        let lines = answer(&manager, &session, at(60)).unwrap();
        assert_eq!(value(&lines, "set-cookie"), None, "{lines:?}");
        assert_eq!(value(&lines, "x-session").is_some_and(str::is_empty), end);
    }
}

#[test]
fn a_touch_without_a_token_takes_no_cookie_away() {
    let manager = manager(Transport::header("x-session").or_cookie());
    let fields = [("x-session", ""), ("x-session-touch", "garbage")];
    let line = format!("{BASE}.t=garbage");
    let request = Request::with(&fields).cookies(&line);
    let session = request.load(&manager, at(60));
    assert!(!session.is_live());
    let lines = answer(&manager, &session, at(60)).unwrap();
    assert_eq!(lines, ["vary: x-session, Cookie"]);
}

#[test]
fn one_token_in_a_field_and_in_a_cookie() {
    let manager = manager(Transport::header("x-session").or_cookie());
    // Out of a field, into a cookie.
    let ada = token("Ada");
    let line = format!("{BASE}={ada}");
    let session = Request::default().cookies(&line).load(&manager, at(60));
    assert_eq!(session.opened_from(), Some(Source::Cookie));
    let by_cookie = (
        session.id(),
        session.sealed_under(),
        session.times().unwrap().created_at,
    );
    // What is only read is not sent again: it stays the same bytes.
    assert_eq!(
        session.get::<String>("name").unwrap().as_deref(),
        Some("Ada")
    );
    let lines = answer(&manager, &session, at(60)).unwrap();
    assert_eq!(value(&lines, "set-cookie"), None);

    let fields = [("x-session", ada.as_str())];
    let session = Request::with(&fields).load(&manager, at(60));
    let by_field = (
        session.id(),
        session.sealed_under(),
        session.times().unwrap().created_at,
    );
    assert_eq!(by_field, by_cookie);

    // Out of a cookie, into a field.
    let mut browser = Browser::default();
    browser.visit(&manager, at(0), |session| {
        session.insert("name", "Grace").unwrap()
    });
    let fields = [("x-session", browser.value(BASE).unwrap())];
    let session = Request::with(&fields).load(&manager, at(60));
    assert_eq!(
        session.get::<String>("name").unwrap().as_deref(),
        Some("Grace")
    );
    assert_eq!(session.opened_from(), Some(Source::Field));
}

#[test]
fn a_touch_of_a_field_is_one_of_the_cookie_too() {
    let manager = manager(Transport::header("x-session").or_cookie());
    let mut app = App {
        token: token("Ada"),
        touch: None,
    };
    app.visit(&manager, at(20 * 60), |_| {});
    let touch = app.touch.unwrap();
    let line = format!("{BASE}={}; {BASE}.t={touch}", app.token);
    let session = Request::default()
        .cookies(&line)
        .load(&manager, at(49 * 60));
    assert_eq!(
        session.get::<String>("name").unwrap().as_deref(),
        Some("Ada")
    );
}
