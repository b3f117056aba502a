//! Handing visitors over between sites that share a ring and no domain: what arrives, what is refused, and what ends it.

mod attacks;
mod ends;
mod limits;
mod tabs;

use sealed_session::hand_over::{HandOver, HandOverRefusal, Passage};
use sealed_session::ticket::TicketRefusal;
use sealed_session::{ReturnPath, Session, SessionManager, SessionManagerBuilder};
use time::OffsetDateTime;

use crate::common::{Browser, at, ring};

const A: &str = "https://a.example";
const B: &str = "https://b.example";
const C: &str = "https://c.example";

/// What an arrival gives.
type Arrival = Result<Passage, HandOverRefusal>;

/// A site, and the others that it knows, with one path for both directions.
fn builder(own: &str) -> SessionManagerBuilder {
    let mut sites = HandOver::new(own).unwrap();
    for partner in [A, B, C].into_iter().filter(|partner| *partner != own) {
        sites = sites.with_partner(partner, "/hand-over").unwrap();
    }
    let name = own.trim_start_matches("https://").replace('.', "-");
    let builder = SessionManager::builder(name.as_str(), ring());
    builder.audience("accounts").hand_over(sites)
}

fn site(own: &str) -> SessionManager {
    builder(own).build().unwrap()
}

/// Two sites, and one visitor's browser as each of them sees it.
struct Pair {
    a: SessionManager,
    b: SessionManager,
    at_a: Browser,
    at_b: Browser,
}

impl Pair {
    fn of(a: SessionManager, b: SessionManager) -> Pair {
        let (at_a, at_b) = (Browser::on(A, "/"), Browser::on(B, "/"));
        Pair { a, b, at_a, at_b }
    }

    fn new() -> Pair {
        Pair::of(site(A), site(B))
    }

    /// The same, with somebody signed in at A.
    fn signed_in(subject: &str) -> Pair {
        let mut pair = Pair::new();
        pair.sign_in(subject, at(0));
        pair
    }

    fn sign_in(&mut self, subject: &str, now: OffsetDateTime) {
        let sign_in = |session: &Session| session.sign_in(subject, &[]).unwrap();
        self.at_a.visit(&self.a, now, sign_in);
    }

    /// The first step; the query with which the browser comes to A.
    fn ask(&mut self, back: &str, now: OffsetDateTime) -> String {
        ask(&mut self.at_b, &self.b, back, now)
    }

    /// The second one; the query with which it comes back to B.
    fn give(&mut self, asked: &str, now: OffsetDateTime) -> String {
        let given = |session: &Session| session.hand_over(asked).unwrap().unwrap();
        let passage = self.at_a.visit(&self.a, now, given);
        query(&passage, &format!("{B}/hand-over"))
    }

    /// The third one.
    fn arrive(&mut self, given: &str, now: OffsetDateTime) -> Arrival {
        arrive(&mut self.at_b, &self.b, given, now)
    }

    /// All three.
    fn walk(&mut self, back: &str, now: OffsetDateTime) -> Arrival {
        let asked = self.ask(back, now);
        let given = self.give(&asked, now);
        self.arrive(&given, now)
    }

    fn subject(&self, now: OffsetDateTime) -> Option<String> {
        self.at_b.open(&self.b, now).subject()
    }
}

fn ask(browser: &mut Browser, site: &SessionManager, back: &str, now: OffsetDateTime) -> String {
    let back = ReturnPath::parse(back);
    let asked = |session: &Session| session.ask_hand_over(A, back.as_ref()).unwrap();
    let passage = browser.visit(site, now, asked);
    query(&passage, &format!("{A}/hand-over"))
}

fn arrive(
    browser: &mut Browser,
    site: &SessionManager,
    given: &str,
    now: OffsetDateTime,
) -> Arrival {
    browser.visit(site, now, |session| session.arrive(given, &[]).unwrap())
}

/// The query of a redirect to this page.
fn query(passage: &Passage, page: &str) -> String {
    let (path, query) = passage.location().split_once('?').unwrap();
    assert_eq!(path, page);
    query.to_owned()
}

fn other(reason: TicketRefusal) -> Arrival {
    Err(HandOverRefusal::Ticket(reason))
}

#[test]
fn a_visitor_of_one_site_is_signed_in_at_another() {
    let mut pair = Pair::new();
    pair.at_a.visit(&pair.a, at(0), |session| {
        session.sign_in("user-17", &[]).unwrap();
        session.set_labels(&["tenant:7", "device:phone"]).unwrap();
        session.insert("cart", [4711]).unwrap();
        session.confirm().unwrap();
    });
    let asked = pair.ask("/orders?page=2&by=date", at(100));
    let given = pair.give(&asked, at(110));
    let passage = pair.arrive(&given, at(129)).unwrap();
    assert_eq!(passage.location(), "/orders?page=2&by=date");

    let (there, here) = (
        pair.at_a.open(&pair.a, at(130)),
        pair.at_b.open(&pair.b, at(130)),
    );
    assert_eq!(here.subject().as_deref(), Some("user-17"));
    assert_eq!(here.labels(), ["device:phone", "tenant:7"]);
    assert_eq!(here.confirmed_at(), Some(at(0)));
    assert!(here.names().is_empty(), "attributes stay where they were");
    let origin = here.origin().unwrap();
    assert!(origin.is_same_sign_in(&there.id().unwrap()));
    assert!(!here.id().unwrap().is_same_sign_in(&there.id().unwrap()));
    assert_eq!(here.times().unwrap().created_at, at(110));
    // Nothing is left of the way, at either site.
    assert_eq!(pair.at_a.names(), ["__Host-a-example"]);
    assert_eq!(pair.at_b.names(), ["__Host-b-example"]);
}

#[test]
fn an_arrival_is_a_sign_in() {
    // Also of who is signed in there as the same subject.
    for there in ["somebody-else", "user-17"] {
        let mut pair = Pair::signed_in("user-17");
        pair.at_b.visit(&pair.b, at(1), |session| {
            session.sign_in(there, &[]).unwrap();
            session.insert("cart", [4711]).unwrap();
            session.insert("role", "admin").unwrap();
        });
        let before = pair.at_b.open(&pair.b, at(2)).id().unwrap();
        let asked = pair.ask("/", at(2));
        let given = pair.give(&asked, at(3));
        let keep = |session: &Session| session.arrive(&given, &[&"cart"]).unwrap().is_ok();
        assert!(pair.at_b.visit(&pair.b, at(4), keep));
        let session = pair.at_b.open(&pair.b, at(5));
        assert_eq!(session.subject().as_deref(), Some("user-17"));
        assert_eq!(session.names(), ["cart"]);
        assert!(!session.id().unwrap().is_same_sign_in(&before), "{there}");
    }
}

#[test]
fn redirects_are_stored_nowhere_and_tell_no_other_site() {
    let mut pair = Pair::signed_in("user-17");
    let back = ReturnPath::parse("/orders");
    let asked = pair.at_b.visit(&pair.b, at(1), |session| {
        session.ask_hand_over(A, back.as_ref()).unwrap()
    });
    let asked_query = query(&asked, &format!("{A}/hand-over"));
    let given = pair.at_a.visit(&pair.a, at(1), |session| {
        session.hand_over(&asked_query).unwrap().unwrap()
    });
    let given_query = query(&given, &format!("{B}/hand-over"));
    let arrived = pair.arrive(&given_query, at(1)).unwrap();
    for passage in [asked, given, arrived] {
        let changes = passage.header_changes();
        let fields: Vec<_> = changes
            .iter()
            .map(|one| (one.name(), one.value()))
            .collect();
        let location = ("location", passage.location());
        let wanted = [
            ("cache-control", "no-store"),
            ("referrer-policy", "no-referrer"),
        ];
        assert_eq!(fields, [&wanted[..], &[location]].concat());
        let shown = format!("{passage:?} {changes:?}");
        assert!(!shown.contains('='), "{shown}");
    }
}
