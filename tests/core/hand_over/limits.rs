//! Sizes, and configurations that nobody could be handed over by.

use std::time::Duration;

use sealed_session::adapter::{HeaderFields, RequestHead, ResponseHead, Verdict};
use sealed_session::hand_over::{HandOver, HandOverRefusal, Passage};
use sealed_session::ticket::TicketRefusal;
use sealed_session::{
    CookieSpec, Guard, ReturnPath, SameSite, Session, SessionManager, SignInPage, Transport,
};

use super::{A, B, Pair, query};
use crate::common::{at, ring};

#[test]
fn the_largest_sign_in_and_the_longest_path_fit() {
    let mut pair = Pair::new();
    let labels: Vec<String> = (0..4).map(|label| format!("{label:064}")).collect();
    let labels: Vec<&str> = labels.iter().map(String::as_str).collect();
    pair.at_a.visit(&pair.a, at(0), |session| {
        session.sign_in(&"s".repeat(255), &[]).unwrap();
        session.set_labels(&labels).unwrap();
        session.confirm().unwrap();
    });
    for (length, is_kept) in [(800, true), (801, false)] {
        let path = format!("/{}", "p".repeat(length - 1));
        let asked = pair.ask(&path, at(1));
        assert!(asked.len() < 1_000);
        let given = pair.give(&asked, at(1));
        if is_kept {
            assert_eq!(given.len(), "ticket=".len() + 1_883);
        }
        let arrived = pair.arrive(&given, at(1)).unwrap();
        assert_eq!(arrived.location(), if is_kept { &path } else { "/" });
        // One that A gets by another way is left out there.
        let asked = format!(
            "{}&next={path}",
            pair.ask("/", at(1)).split("&next").next().unwrap()
        );
        let given = pair.give(&asked, at(1));
        let arrived = pair.arrive(&given, at(1)).unwrap();
        assert_eq!(arrived.location(), if is_kept { &path } else { "/" });
    }
    let session = pair.at_b.open(&pair.b, at(2));
    assert_eq!(session.labels(), labels);
}

/// Who has to sign in at A first comes back there by the way back of a guard, which has 1,000 characters.
#[test]
fn a_guard_there_leads_back_to_what_was_asked() {
    let mut pair = Pair::new();
    let page = SignInPage::new("/sign-in").unwrap();
    for path in [
        "/orders?page=2".to_owned(),
        format!("/?q={}", "%22".repeat(260)),
    ] {
        let asked = pair.ask(&path, at(0));
        let there = format!("/hand-over?{asked}");
        let back = ReturnPath::parse(&there).unwrap();
        let way_back = page.way_back(&format!("next={}", back.encoded()));
        assert_eq!(way_back.map(String::from), Some(there));
    }
}

/// B has no passwords: its guard sends who has to confirm to A, whose guard asks.
#[test]
fn a_confirmation_there_counts_here() {
    let guard = |page: &str| {
        let guard = Guard::signed_in().confirmed_within(Duration::from_secs(600));
        guard.or_confirm(page).unwrap()
    };
    let visit = |session: &Session, guard: Guard, target: &str| {
        let fields: &HeaderFields<'_> = &|name, take| match name {
            "sec-fetch-mode" => take(b"navigate"),
            "sec-fetch-dest" => take(b"document"),
            _ => {}
        };
        let request = RequestHead::default().method("GET").path(target);
        guard.check(session, &request.fields(fields)).unwrap()
    };
    let at_b = |pair: &Pair, now| {
        let session = pair.at_b.open(&pair.b, now);
        visit(&session, guard("/enter"), "/order")
    };
    let mut pair = Pair::signed_in("user-17");
    let _ = pair.walk("/order", at(1)).unwrap();
    let asks = Verdict::Redirect("/enter?next=/order".to_owned());
    assert_eq!(at_b(&pair, at(2)), asks);
    // What A gives as it is leads to the same question.
    let _ = pair.walk("/order", at(3)).unwrap();
    assert_eq!(at_b(&pair, at(4)), asks);

    let asked = pair.ask("/order", at(5));
    let there = pair.at_a.open(&pair.a, at(5));
    let verdict = visit(&there, guard("/confirm"), "/hand-over");
    let confirms = Verdict::Redirect("/confirm?next=/hand-over".to_owned());
    assert_eq!(verdict, confirms);
    pair.at_a
        .visit(&pair.a, at(6), |session| session.confirm().unwrap());
    let given = pair.give(&asked, at(7));
    let _ = pair.arrive(&given, at(8)).unwrap();
    assert_eq!(at_b(&pair, at(606)), Verdict::Pass);
    assert_eq!(at_b(&pair, at(607)), asks);
}

#[test]
fn sites_are_origins_and_routes() {
    let table = [
        ("https://b.example", true),
        ("https://B.example:443", true),
        ("https://b.example:8443", true),
        ("http://localhost:3001", true),
        ("http://127.0.0.1:3001", true),
        ("http://[::1]:3001", true),
        ("http://b.example", false),
        ("http://localhost.evil.example", false),
        ("https://b.example/", false),
        ("https://b.example?", false),
        ("https://user@b.example", false),
        ("//b.example", false),
        ("ftp://b.example", false),
        ("javascript://b.example", false),
        ("https://*.example", false),
        ("https://b\u{fc}cher.example", false),
        ("null", false),
        ("", false),
    ];
    for (origin, is_good) in table {
        assert_eq!(HandOver::new(origin).is_ok(), is_good, "{origin}");
        let sites = HandOver::new(A).unwrap().with_partner(origin, "/arrive");
        assert_eq!(sites.is_ok(), is_good, "{origin}");
    }
    let sites = HandOver::new(A).unwrap();
    for path in [
        "",
        "/",
        "arrive",
        "//evil.example",
        "/a?b=c",
        "/a/../b",
        "/%2e",
        "/a b",
        "@evil.example",
        ".evil.example",
    ] {
        let error = sites.clone().with_partner(B, path).unwrap_err();
        assert!(error.is_configuration(), "{path}");
    }
    assert!(
        sites
            .clone()
            .with_partner("https://A.example:443", "/a")
            .is_err()
    );
    let twice = sites.with_partner(B, "/a").unwrap();
    assert!(twice.with_partner("https://B.example", "/b").is_err());
}

#[test]
fn it_takes_a_cookie_that_other_sites_links_bring_along() {
    let sites = || HandOver::new(A).unwrap();
    let builder = |spec: CookieSpec| SessionManager::builder(spec, ring()).hand_over(sites());
    for (same_site, is_good) in [
        (SameSite::Strict, false),
        (SameSite::Lax, true),
        (SameSite::None, true),
    ] {
        let built = builder(CookieSpec::new("shop").same_site(same_site)).build();
        assert_eq!(built.is_ok(), is_good, "{same_site:?}");
    }
    let in_fields = builder(CookieSpec::new("shop")).transport(Transport::bearer());
    assert!(in_fields.build().unwrap_err().is_configuration());
    // Beside messages, within the default budget.
    let both = builder(CookieSpec::new("shop")).flash().build().unwrap();
    let session = both.load(RequestHead::default(), at(0));
    session.insert("name", "Ada").unwrap();
    assert_eq!(
        session.size().unwrap().reserved,
        754 + 370 + reserved_alone()
    );
}

/// What stands beside a session in the response of a manager without any slot of the library's.
fn reserved_alone() -> usize {
    let alone = SessionManager::builder("shop", ring()).build().unwrap();
    let session = alone.load(RequestHead::default(), at(0));
    session.insert("name", "Ada").unwrap();
    session.size().unwrap().reserved
}

#[test]
fn without_a_configuration_it_is_a_mistake() {
    let manager = SessionManager::builder("shop", ring()).build().unwrap();
    let session = manager.load(RequestHead::default(), at(0));
    assert!(session.ask_hand_over(A, None).unwrap_err().is_misuse());
    assert!(session.hand_over("").unwrap_err().is_misuse());
    assert!(session.arrive("", &[]).unwrap_err().is_misuse());
    let pair = Pair::new();
    let session = pair.at_b.open(&pair.b, at(0));
    let unknown = session.ask_hand_over("https://evil.example", None);
    assert!(unknown.unwrap_err().is_misuse());
}

#[test]
fn an_arrival_after_the_response_changes_nothing() {
    let mut pair = Pair::signed_in("user-17");
    let asked = pair.ask("/", at(1));
    let given = pair.give(&asked, at(1));
    let session = pair.at_b.open(&pair.b, at(2));
    pair.b
        .commit(&session, ResponseHead::new(200), at(2))
        .unwrap();
    assert!(session.arrive(&given, &[]).unwrap_err().is_too_late());
    assert!(pair.arrive(&given, at(3)).is_ok());
}

#[test]
fn reasons_have_labels_and_texts_of_their_own() {
    let all = [
        HandOverRefusal::Acting,
        HandOverRefusal::HandedOver,
        HandOverRefusal::Malformed,
        HandOverRefusal::NotAsked,
        HandOverRefusal::NotSignedIn,
        HandOverRefusal::Revoked,
        HandOverRefusal::Ticket(TicketRefusal::Expired),
        HandOverRefusal::Ticket(TicketRefusal::OtherState),
        HandOverRefusal::UnknownSite,
    ];
    let labels: std::collections::BTreeSet<_> = all.iter().map(|one| one.label()).collect();
    let texts: std::collections::BTreeSet<_> = all.iter().map(ToString::to_string).collect();
    assert_eq!((labels.len(), texts.len()), (all.len(), all.len()));
    assert_eq!(Passage::STATUS, 303);
    let mut pair = Pair::new();
    let asked = pair.at_b.visit(&pair.b, at(0), |session| {
        session.ask_hand_over(A, None).unwrap()
    });
    assert!(query(&asked, &format!("{A}/hand-over")).starts_with("for=https://b.example&state="));
}
