//! Sessions in links: who gets one, what it opens as, and what closes it.

use std::time::Duration;

use sealed_session::adapter::Clock;
use sealed_session::adapter::ResponseHead;
use sealed_session::report::Source;
use sealed_session::testing::ManualClock;
use sealed_session::{
    Lifetime, Refusal, Session, SessionManager, SessionManagerBuilder, Transport, adapter,
};

use super::client::{Request, answer, answer_to, value};
use super::precedence::token;
use crate::common::{BASE, Browser, at, ring};

const HOST: &str = "shop.example";

pub(super) fn builder(transport: Transport) -> SessionManagerBuilder {
    named("session", transport)
}

fn named(application: &str, transport: Transport) -> SessionManagerBuilder {
    SessionManager::builder(application, ring())
        .lifetime(Lifetime::new().with_idle_timeout(Duration::from_secs(900)))
        .transport(transport)
}

pub(super) fn manager() -> SessionManager {
    builder(Transport::url_that_leaks("s")).build().unwrap()
}

/// Cookies, and links for those who ask.
pub(super) fn either() -> SessionManager {
    let transport = Transport::cookie().or_url_that_leaks("s");
    builder(transport).build().unwrap()
}

/// From a link of this site.
pub(super) fn by_query(query: &str) -> Request<'_> {
    Request {
        query: Some(query),
        host: Some(HOST),
        ..Request::with(&[("sec-fetch-site", "same-origin")])
    }
}

/// The query of a link to `/` out of a session with this name in it.
pub(super) fn query(name: &str) -> String {
    let session = by_query("").load(&manager(), at(0));
    session.insert("name", name).unwrap();
    query_of(&session)
}

pub(super) fn query_of(session: &Session) -> String {
    let link = session.encode_url("/").unwrap();
    link.strip_prefix("/?").unwrap_or_default().to_owned()
}

pub(super) fn name(session: &Session) -> Option<String> {
    session.get("name").unwrap()
}

#[test]
fn links_count_last_and_answer_only_who_asks() {
    use Refusal::{Absent, Conflict, Malformed, OverCeiling};
    let (ada, grace, hedy) = (query("Ada"), token("Grace"), token("Hedy"));
    let cookie = format!("{BASE}={grace}");
    let twice = format!("{ada}&{ada}");
    let long = format!("s={}", "A".repeat(2_001));
    let (alone, cookies) = (
        || Transport::url_that_leaks("s"),
        || Transport::cookie().or_url_that_leaks("s"),
    );
    let (fields, all) = (
        || Transport::header("x-session").or_url_that_leaks("s"),
        || {
            Transport::header("x-session")
                .or_cookie()
                .or_url_that_leaks("s")
        },
    );
    let stale = format!("{BASE}=garbage");
    let tombstone = format!("{BASE}.x=Aw");
    type Wanted = (Option<&'static str>, Option<Refusal>, &'static str);
    let found = |name| (Some(name), None, "link");
    let fresh = |refusal| (None, Some(refusal), "link");
    let cookie_of = |name| (Some(name), None, "set-cookie");
    #[rustfmt::skip]
    let table: Vec<(Transport, &str, &str, Option<&str>, Wanted)> = vec![
        (alone(), &ada, "", None, found("Ada")),
        (alone(), &ada, &cookie, Some(&hedy), found("Ada")),
        (alone(), "", &cookie, None, fresh(Absent)),
        (alone(), "s=", "", None, fresh(Absent)),
        (alone(), "page=2&S=A", "", None, fresh(Absent)),
        (alone(), "s=garbage", "", None, fresh(Malformed)),
        (alone(), "s=2wxyzA", "", None, fresh(Malformed)),
        (alone(), "s=A%41", "", None, fresh(Malformed)),
        (alone(), &twice, "", None, fresh(Conflict)),
        (alone(), &long, "", None, fresh(OverCeiling)),
        (cookies(), &ada, "", None, found("Ada")),
        (cookies(), &ada, "theme=dark", None, found("Ada")),
        (cookies(), &ada, &cookie, None, cookie_of("Grace")),
        (cookies(), "s=", &cookie, None, cookie_of("Grace")),
        (cookies(), &ada, &stale, None, (None, Some(Malformed), "set-cookie")),
        (cookies(), &ada, &tombstone, None, (None, Some(Absent), "set-cookie")),
        (cookies(), "s=", "", None, fresh(Absent)),
        (cookies(), "s", "", None, fresh(Absent)),
        (cookies(), "page=2", "", None, (None, Some(Absent), "set-cookie")),
        (fields(), &ada, "", Some(&hedy), (Some("Hedy"), None, "x-session")),
        (fields(), &ada, &cookie, None, found("Ada")),
        (fields(), "", &cookie, None, (None, Some(Absent), "x-session")),
        (all(), &ada, &cookie, Some(&hedy), (Some("Hedy"), None, "x-session")),
        (all(), &ada, &cookie, Some(""), (None, Some(Absent), "x-session")),
        (all(), &ada, &cookie, None, cookie_of("Grace")),
        (all(), &ada, "", None, found("Ada")),
        (Transport::default(), &ada, "", None, (None, Some(Absent), "set-cookie")),
    ];
    for (transport, query, cookies, field, (wanted, refusal, answered)) in table {
        let told = format!("{transport:?} {query} {cookies} {field:?}");
        let manager = builder(transport).build().unwrap();
        let mut request = by_query(query).cookies(cookies);
        let field = field.map(|value| ("x-session", value.as_bytes()));
        request.fields.extend(field);
        let session = request.load(&manager, at(60));
        assert_eq!(
            (name(&session).as_deref(), session.refusal()),
            (wanted, refusal),
            "{told}"
        );
        let source = match answered {
            _ if wanted.is_none() => None,
            "link" => Some(Source::Link),
            "x-session" => Some(Source::Field),
            _ => Some(Source::Cookie),
        };
        assert_eq!(session.opened_from(), source, "{told}");

        session.insert("seen", true).unwrap();
        let link = session.encode_url("/a").unwrap();
        let lines = answer(&manager, &session, at(60)).unwrap();
        let carrying = [
            ("link", link != "/a"),
            ("set-cookie", value(&lines, "set-cookie").is_some()),
            ("x-session", value(&lines, "x-session").is_some()),
        ];
        for (transport, carries) in carrying {
            assert_eq!(carries, transport == answered, "{told} {transport}");
        }
    }
}

#[test]
fn only_this_site_moves_its_visitors_into_links() {
    let ours = format!("https://{HOST}/help");
    let origin = format!("https://{HOST}");
    let table: &[(&[(&str, &str)], bool)] = &[
        (&[("sec-fetch-site", "same-origin")], true),
        (
            &[
                ("sec-fetch-site", "same-origin"),
                ("referer", "https://evil.example/"),
            ],
            true,
        ),
        (&[("referer", &ours)], true),
        (&[("origin", &origin)], true),
        (&[("origin", &origin), ("referer", &ours)], true),
        (&[("sec-fetch-site", "cross-site")], false),
        (&[("sec-fetch-site", "same-site")], false),
        (&[("sec-fetch-site", "none")], false),
        (
            &[("sec-fetch-site", "cross-site"), ("referer", &ours)],
            false,
        ),
        (
            &[
                ("sec-fetch-site", "same-origin"),
                ("sec-fetch-site", "cross-site"),
            ],
            false,
        ),
        (&[("referer", "https://evil.example/")], false),
        (&[("referer", "https://shop.example.evil.example/")], false),
        (&[("referer", &ours), ("referer", &ours)], false),
        (&[("origin", "null")], false),
        (
            &[("origin", "https://evil.example"), ("referer", &ours)],
            false,
        ),
        (&[], false),
    ];
    let long = format!("s={}", "A".repeat(2_001));
    for asks in ["s=", "s", "s=&s=", "a=b&s=&c", &long] {
        for (fields, is_moved) in table {
            let request = Request {
                fields: Request::with(fields).fields,
                ..by_query(asks)
            };
            let manager = either();
            let session = request.load(&manager, at(0));
            session.insert("name", "Ada").unwrap();
            assert_eq!(
                session.encode_url("/a").unwrap() != "/a",
                *is_moved,
                "{asks} {fields:?}"
            );
            let lines = answer(&manager, &session, at(0)).unwrap();
            // One that the browser may have kept cookies back from begins nothing.
            let is_withheld = fields.contains(&("sec-fetch-site", "cross-site"));
            let in_cookie = !is_moved && !is_withheld;
            assert_eq!(
                value(&lines, "set-cookie").is_some(),
                in_cookie,
                "{asks} {fields:?}"
            );

            // Where links are all there is nobody is moved.
            let session = request.load(&self::manager(), at(0));
            session.insert("name", "Ada").unwrap();
            assert_ne!(session.encode_url("/a").unwrap(), "/a");
        }
    }
    // A token says by itself whose it is.
    let (ada, from_elsewhere) = (query("Ada"), [("sec-fetch-site", "cross-site")]);
    let request = Request {
        fields: Request::with(&from_elsewhere).fields,
        ..by_query(&ada)
    };
    let session = request.load(&either(), at(0));
    assert_eq!(name(&session).as_deref(), Some("Ada"));
}

#[test]
fn a_link_is_no_cookie_and_no_field_and_neither_is_a_link() {
    let all = Transport::header("x-session")
        .or_cookie()
        .or_url_that_leaks("s");
    let manager = builder(all).build().unwrap();
    let (link, sealed) = (query("Ada"), token("Ada"));
    let leaked = link.strip_prefix("s=").unwrap();
    let cookie = |token: &str| format!("{BASE}={token}");
    let as_link = format!("s={sealed}");
    for (field, cookies, query, refusal) in [
        (Some(leaked), String::new(), "", Some(Refusal::Tampered)),
        (None, cookie(leaked), "", Some(Refusal::Tampered)),
        (
            None,
            String::new(),
            as_link.as_str(),
            Some(Refusal::Tampered),
        ),
        (Some(sealed.as_str()), String::new(), "", None),
        (None, cookie(&sealed), "", None),
        (None, String::new(), link.as_str(), None),
    ] {
        let mut request = by_query(query).cookies(&cookies);
        request
            .fields
            .extend(field.map(|token| ("x-session", token.as_bytes())));
        assert_eq!(request.load(&manager, at(60)).refusal(), refusal);
    }
    // Under the name of another parameter it is the same session; of another audience it is not.
    let renamed = builder(Transport::url_that_leaks("t")).build().unwrap();
    let query = format!("t={leaked}");
    assert_eq!(
        name(&by_query(&query).load(&renamed, at(60))).as_deref(),
        Some("Ada")
    );
    let other = builder(Transport::url_that_leaks("t"))
        .audience("forum")
        .build()
        .unwrap();
    let refusal = by_query(&query).load(&other, at(60)).refusal();
    assert_eq!(refusal, Some(Refusal::Tampered));
}

#[test]
fn followed_links_keep_a_session_alive_and_nothing_else_does() {
    let clock = ManualClock::new(at(0));
    let manager = manager();
    let mut here = query("Ada");
    for _ in 0..10 {
        clock.advance(Duration::from_secs(14 * 60));
        let session = by_query(&here).load(&manager, clock.now());
        let next = query_of(&session);
        assert_ne!(next, here);
        let lines = answer(&manager, &session, clock.now()).unwrap();
        assert_eq!(value(&lines, "set-cookie"), None, "{lines:?}");
        here = next;
    }
    // As long as no touch would be due, links stay as they are; in a passive request always.
    clock.advance(Duration::from_secs(50));
    let session = by_query(&here).load(&manager, clock.now());
    assert_eq!(query_of(&session), here);
    clock.advance(Duration::from_secs(10 * 60));
    let session = by_query(&here).load(&manager, clock.now());
    session.mark_passive();
    assert_eq!(query_of(&session), here);
    // A request whose page has no links is no use.
    let session = by_query(&here).load(&manager, clock.now());
    assert_eq!(name(&session).as_deref(), Some("Ada"));
    answer(&manager, &session, clock.now()).unwrap();
    clock.advance(Duration::from_secs(5 * 60));
    let session = by_query(&here).load(&manager, clock.now());
    assert_eq!(session.refusal(), Some(Refusal::IdleExpired));
    assert_eq!(session.encode_url("/a").unwrap(), "/a");
}

#[test]
fn the_first_link_closes_the_session() {
    let manager = manager();
    let ada = query("Ada");
    let session = by_query(&ada).load(&manager, at(0));
    session.insert("name", "Ada").unwrap(); // as it is
    session.insert("seen", true).unwrap();
    let links: Vec<String> = ["/a", "/b?c#d", "https://shop.example/e"]
        .iter()
        .map(|link| session.encode_url(link).unwrap().into_owned())
        .collect();
    let carried = links[0].strip_prefix("/a?").unwrap();
    assert_ne!(carried, ada);
    assert_eq!(links[1], format!("/b?c&{carried}#d"));
    assert_eq!(links[2], format!("https://shop.example/e?{carried}"));

    for change in [
        session.insert("seen", 2),
        session.remove("seen").map(drop),
        session.renew(),
        session.start_over(&[]),
        session.destroy(),
    ] {
        let error = change.unwrap_err();
        assert!(error.is_too_late(), "{error}");
        assert!(error.to_string().contains("encode_url"), "{error}");
    }
    session.insert("seen", true).unwrap(); // changes nothing
    answer(&manager, &session, at(0)).unwrap();
    let session = by_query(carried).load(&manager, at(60));
    assert_eq!(session.get::<bool>("seen").unwrap(), Some(true));

    // A link to elsewhere closes nothing, and neither does one for a client with cookies.
    session.encode_url("https://evil.example/").unwrap();
    session.insert("seen", false).unwrap();
    let session = Request::default().load(&either(), at(0));
    session.insert("name", "Ada").unwrap();
    assert_eq!(session.encode_url("/a").unwrap(), "/a");
    session.insert("name", "Grace").unwrap();
}

#[test]
fn what_is_in_no_link_fails_the_commit() {
    let manager = manager();
    let ada = query("Ada");
    let session = by_query(&ada).load(&manager, at(0));
    session.insert("name", "Grace").unwrap();
    let error = answer(&manager, &session, at(0)).unwrap_err();
    assert!(
        error.is_unlinked() && error.to_string().contains("encode_url"),
        "{error}"
    );
    // The page that says so carries what came.
    assert_eq!(query_of(&session), ada);
    let lines = answer_to(&manager, &session, ResponseHead::new(500), at(0)).unwrap();
    assert_eq!(value(&lines, "referrer-policy"), Some("no-referrer"));

    // A link that was made may be in that page all the same.
    let session = by_query("").load(&manager, at(0));
    session.insert("name", "Grace").unwrap();
    session.encode_url("/").unwrap();
    assert!(
        answer(&manager, &session, at(901))
            .unwrap_err()
            .is_expired()
    );
    let lines = answer_to(&manager, &session, ResponseHead::new(500), at(901)).unwrap();
    assert_eq!(value(&lines, "referrer-policy"), Some("no-referrer"));

    // What was begun and never filled needs no link, and neither does an end.
    let session = by_query("").load(&manager, at(0));
    session.insert("name", "Ada").unwrap();
    session.remove("name").unwrap();
    answer(&manager, &session, at(0)).unwrap();
    let session = by_query(&ada).load(&manager, at(0));
    session.destroy().unwrap();
    assert_eq!(session.encode_url("/a").unwrap(), "/a");
    let lines = answer(&manager, &session, at(0)).unwrap();
    assert_eq!(value(&lines, "set-cookie"), None);
    assert_eq!(session.encode_url("/b").unwrap(), "/b");

    // A handler that takes longer than its session lives sends nothing of it.
    let session = by_query(&ada).load(&manager, at(0));
    session.insert("name", "Grace").unwrap();
    assert_ne!(query_of(&session), ada);
    let error = answer(&manager, &session, at(901)).unwrap_err();
    assert!(error.is_expired());
    assert_eq!(query_of(&session), ada);
}

#[test]
fn a_panic_leaves_links_as_they_came() {
    let (manager, ada) = (manager(), query("Ada"));
    let session = by_query(&ada).load(&manager, at(0));
    let held = adapter::in_hand(&session);
    let task = std::thread::spawn(move || {
        held.insert("name", "Eve").unwrap();
        held.encode_url("/").unwrap();
        panic!("with a session in hand");
    });
    assert!(task.join().is_err());
    assert_eq!(query_of(&session), ada);
    assert!(answer(&manager, &session, at(0)).unwrap_err().is_poisoned());
    answer(&manager, &session, at(0)).unwrap();
    assert_eq!(query_of(&session), ada);
}

#[test]
fn among_other_transports_an_empty_parameter_asks_on() {
    let manager = either();
    let session = by_query("s=").load(&manager, at(0));
    assert_eq!(session.encode_url("/a?s=x#b").unwrap(), "/a?s=#b");
    assert_eq!(
        session.encode_url("//evil.example").unwrap(),
        "//evil.example"
    );
    let session = by_query("s=").load(&manager, at(0));
    session.insert("name", "Ada").unwrap();
    let ada = query_of(&session);
    let session = by_query(&ada).load(&manager, at(60));
    session.destroy().unwrap();
    assert_eq!(session.encode_url("/a").unwrap(), "/a?s=");
    // Where there is nothing but links, nobody has to ask.
    let session = by_query("").load(&self::manager(), at(0));
    assert_eq!(session.encode_url("/a?s=x#b").unwrap(), "/a#b");
}

#[test]
fn a_sign_in_in_links_sets_no_cookie() {
    let manager = either();
    let ada = query("Ada");
    let session = by_query(&ada).load(&manager, at(60));
    session.sign_in("user-17", &[&"name"]).unwrap();
    let next = query_of(&session);
    let lines = answer(&manager, &session, at(60)).unwrap();
    assert_eq!(value(&lines, "set-cookie"), None, "{lines:?}");
    let session = by_query(&next).load(&manager, at(120));
    assert_eq!(session.subject().as_deref(), Some("user-17"));
    // The link from before stays what it was: nothing takes it back.
    assert_eq!(
        name(&by_query(&ada).load(&manager, at(120))).as_deref(),
        Some("Ada")
    );
}

#[test]
fn a_link_moves_from_a_former_name() {
    let ada = query("Ada");
    let manager = named("shop", Transport::url_that_leaks("s"))
        .former_cookie("session")
        .build()
        .unwrap();
    let session = by_query(&ada).load(&manager, at(60));
    session.insert("seen", true).unwrap();
    let next = query_of(&session);
    let moved = named("shop", Transport::url_that_leaks("s"))
        .build()
        .unwrap();
    assert_eq!(
        name(&by_query(&next).load(&moved, at(60))).as_deref(),
        Some("Ada")
    );
    let refusal = by_query(&ada).load(&moved, at(60)).refusal();
    assert_eq!(refusal, Some(Refusal::Tampered));
}

#[test]
fn a_browser_with_cookies_is_never_moved_to_links() {
    let manager = either();
    let mut browser = Browser::default();
    browser.visit(&manager, at(0), |session| {
        session.insert("name", "Grace").unwrap()
    });
    // Somebody sends it a link with a session.
    let (ada, line) = (query("Ada"), browser.line());
    let session = by_query(&ada).cookies(&line).load(&manager, at(60));
    assert_eq!(name(&session).as_deref(), Some("Grace"));
    assert_eq!(session.encode_url("/a").unwrap(), "/a");
}
