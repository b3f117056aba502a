//! One browser, more than once: two tabs, the back button, and another account.

use sealed_session::hand_over::HandOverRefusal;
use sealed_session::ticket::TicketRefusal;

use super::{B, Pair, other};
use crate::common::{Browser, at};

#[test]
fn two_tabs_both_come_to_their_page() {
    let mut pair = Pair::signed_in("user-17");
    let first = pair.ask("/one", at(1));
    let second = pair.ask("/two", at(2));
    let (first, second) = (pair.give(&first, at(3)), pair.give(&second, at(4)));
    assert_eq!(pair.arrive(&second, at(5)).unwrap().location(), "/two");
    let id = pair.at_b.open(&pair.b, at(6)).id();
    assert_eq!(pair.arrive(&first, at(6)).unwrap().location(), "/one");
    let session = pair.at_b.open(&pair.b, at(7));
    assert_eq!(session.subject().as_deref(), Some("user-17"));
    assert_eq!(session.id(), id, "the second arrival is no second sign-in");
}

/// Both ask before either is answered, and the browser keeps the nonce of the answer that came last.
#[test]
fn the_tab_whose_nonce_was_lost_is_let_in_after_the_other_one() {
    let mut pair = Pair::signed_in("user-17");
    let mut other_tab = pair.at_b.clone();
    let lost = pair.ask("/one", at(1));
    let kept = super::ask(&mut other_tab, &pair.b, "/two", at(1));
    pair.at_b = other_tab;
    let (lost, kept) = (pair.give(&lost, at(2)), pair.give(&kept, at(2)));
    let refused = other(TicketRefusal::OtherState);
    assert_eq!(pair.arrive(&lost, at(3)), refused);
    assert!(pair.arrive(&kept, at(4)).is_ok());
    assert_eq!(pair.arrive(&lost, at(5)).unwrap().location(), "/one");
}

#[test]
fn a_ticket_that_was_used_signs_nobody_in_again() {
    let mut pair = Pair::signed_in("user-17");
    let asked = pair.ask("/orders", at(1));
    let given = pair.give(&asked, at(1));
    assert!(pair.arrive(&given, at(2)).is_ok());
    // The back button: who is signed in already goes on, and nothing is written.
    let line = pair.at_b.line();
    assert_eq!(pair.arrive(&given, at(3)).unwrap().location(), "/orders");
    assert_eq!(pair.at_b.line(), line);
    // Nobody goes on as somebody else.
    pair.at_b.visit(&pair.b, at(4), |session| {
        session.act_as("customer-1", &[]).unwrap();
    });
    assert_eq!(pair.arrive(&given, at(5)), Err(HandOverRefusal::NotAsked));
    pair.at_b.visit(&pair.b, at(6), |session| {
        session.stop_acting(&[]).unwrap();
        session.destroy().unwrap();
    });
    assert_eq!(pair.arrive(&given, at(7)), Err(HandOverRefusal::NotAsked));
    assert_eq!(pair.subject(at(8)), None);
}

#[test]
fn a_nonce_lasts_for_ten_minutes_from_the_last_tab_on() {
    for (asks_again, arrives, is_good) in [
        (None, 599, true),
        (None, 600, false),
        (Some(500), 1_099, true),
    ] {
        let mut pair = Pair::signed_in("user-17");
        let asked = pair.ask("/", at(0));
        if let Some(again) = asks_again {
            assert_eq!(pair.ask("/", at(again)), asked);
        }
        pair.sign_in("user-17", at(arrives));
        let given = pair.give(&asked, at(arrives));
        let arrived = pair.arrive(&given, at(arrives));
        let wanted = if is_good {
            None
        } else {
            Some(HandOverRefusal::NotAsked)
        };
        assert_eq!(arrived.err(), wanted, "{arrives}");
    }
}

#[test]
fn asking_changes_no_session_and_tells_the_other_site_no_nonce() {
    let mut pair = Pair::signed_in("user-17");
    pair.at_b.visit(&pair.b, at(0), |session| {
        session.insert("cart", [4711]).unwrap();
    });
    let before = pair.at_b.value("__Host-b-example").map(str::to_owned);
    let asked = pair.ask("/", at(1));
    assert_eq!(pair.at_b.value("__Host-b-example"), before.as_deref());
    assert_eq!(
        pair.at_b.names(),
        ["__Host-b-example", "__Host-b-example-hand-over"]
    );
    // Two browsers have two nonces.
    let mut second = Browser::on(B, "/");
    assert_ne!(super::ask(&mut second, &pair.b, "/", at(1)), asked);
}
