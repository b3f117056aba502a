//! Tickets that were stolen, injected, changed, or are for somebody or something else.

use sealed_session::adapter::{HeaderFields, RequestHead, ResponseHead};
use sealed_session::hand_over::HandOverRefusal;
use sealed_session::ticket::TicketRefusal;
use sealed_session::{Key, KeyRing};

use super::{B, C, Pair, arrive, ask, builder, other, query, site};
use crate::common::{Browser, at, key};

#[test]
fn a_stolen_ticket_is_nothing_in_another_browser() {
    let mut pair = Pair::signed_in("user-17");
    let asked = pair.ask("/orders", at(1));
    let given = pair.give(&asked, at(1));

    let mut thief = Browser::on(B, "/");
    let refused = arrive(&mut thief, &pair.b, &given, at(2));
    assert_eq!(refused, Err(HandOverRefusal::NotAsked));
    // Also in one that asked itself.
    ask(&mut thief, &pair.b, "/", at(2));
    let refused = arrive(&mut thief, &pair.b, &given, at(3));
    assert_eq!(refused, other(TicketRefusal::OtherState));
    assert_eq!(thief.open(&pair.b, at(4)).subject(), None);
    // The thief used nothing up.
    assert!(pair.arrive(&given, at(5)).is_ok());
}

#[test]
fn a_ticket_for_the_attackers_account_signs_no_victim_in() {
    let mut attacker = Pair::signed_in("attacker");
    let asked = attacker.ask("/", at(1));
    let injected = attacker.give(&asked, at(1));

    let mut victim = Browser::on(B, "/");
    let refused = arrive(&mut victim, &attacker.b, &injected, at(2));
    assert_eq!(refused, Err(HandOverRefusal::NotAsked));
    // Also while the victim is on the way, or is signed in already, and nothing is lost of what was there.
    ask(&mut victim, &attacker.b, "/", at(3));
    let refused = arrive(&mut victim, &attacker.b, &injected, at(3));
    assert_eq!(refused, other(TicketRefusal::OtherState));
    victim.visit(&attacker.b, at(4), |session| {
        session.sign_in("victim", &[]).unwrap();
        session.insert("cart", [4711]).unwrap();
    });
    let before = victim.line();
    let refused = arrive(&mut victim, &attacker.b, &injected, at(5));
    assert_eq!(refused, other(TicketRefusal::OtherState));
    assert_eq!(victim.line(), before);
    assert_eq!(
        victim.open(&attacker.b, at(6)).subject().as_deref(),
        Some("victim")
    );
}

/// The attacker asks, and makes a victim who is signed in at A follow the link that the attacker was redirected to.
#[test]
fn whoever_follows_somebody_elses_request_is_signed_in_nowhere_and_gives_nobody_anything() {
    let mut victim = Pair::signed_in("victim");
    let mut attacker = Browser::on(B, "/");
    let asked = ask(&mut attacker, &victim.b, "/", at(1));
    let given = victim.give(&asked, at(2));
    assert_eq!(victim.arrive(&given, at(2)), Err(HandOverRefusal::NotAsked));
    assert_eq!(victim.subject(at(3)), None);
    assert_eq!(attacker.open(&victim.b, at(3)).subject(), None);
}

#[test]
fn a_ticket_is_for_one_site() {
    let mut pair = Pair::signed_in("user-17");
    let c = site(C);
    let mut at_c = Browser::on(C, "/");
    let asked = ask(&mut at_c, &c, "/", at(1));
    let for_c = pair.at_a.visit(&pair.a, at(1), |session| {
        session.hand_over(&asked).unwrap().unwrap()
    });
    let for_c = query(&for_c, &format!("{C}/hand-over"));
    pair.ask("/", at(1));
    let refused = other(TicketRefusal::OtherAudience);
    assert_eq!(pair.arrive(&for_c, at(2)), refused);
    assert!(arrive(&mut at_c, &c, &for_c, at(3)).is_ok());
    // Another audience has other accounts.
    let forum = builder(B).audience("forum").build().unwrap();
    let asked = pair.ask("/", at(4));
    let for_b = pair.give(&asked, at(4));
    assert_eq!(arrive(&mut pair.at_b, &forum, &for_b, at(4)), refused);
    // A site that takes itself for another one.
    assert_eq!(arrive(&mut pair.at_b, &c, &for_b, at(4)), refused);
    assert!(pair.arrive(&for_b, at(5)).is_ok());
}

#[test]
fn a_ticket_counts_for_30_seconds_and_from_no_clock_that_is_too_far_ahead() {
    for (given_at, arrives_at, wanted) in [
        (0, 29, None),
        (0, 30, Some(TicketRefusal::Expired)),
        (0, 31, Some(TicketRefusal::Expired)),
        // The clock of A is ahead by this.
        (120, 0, None),
        (121, 0, Some(TicketRefusal::FromTheFuture)),
    ] {
        let mut pair = Pair::signed_in("user-17");
        let asked = pair.ask("/", at(0));
        let given = pair.give(&asked, at(given_at));
        let arrived = pair.arrive(&given, at(arrives_at));
        match wanted {
            None => {
                assert!(arrived.is_ok(), "{given_at} {arrives_at}");
                let subject = pair.subject(at(arrives_at + 1));
                assert_eq!(subject.as_deref(), Some("user-17"), "{given_at}");
            }
            Some(reason) => {
                assert_eq!(arrived, other(reason), "{given_at} {arrives_at}");
                assert_eq!(pair.subject(at(arrives_at + 1)), None);
            }
        }
    }
}

#[test]
fn a_confirmation_from_the_future_is_none() {
    let mut pair = Pair::new();
    // A and the node that confirmed are ahead, of each other and of B.
    pair.sign_in("user-17", at(100));
    pair.at_a.visit(&pair.a, at(200), |session| {
        session.confirm().unwrap();
    });
    let asked = pair.ask("/", at(0));
    let given = pair.give(&asked, at(110));
    assert!(pair.arrive(&given, at(0)).is_ok());
    let session = pair.at_b.open(&pair.b, at(81));
    assert_eq!(session.subject().as_deref(), Some("user-17"));
    assert_eq!(session.confirmed_at(), None);
}

#[test]
fn no_changed_ticket_arrives() {
    let mut pair = Pair::signed_in("user-17");
    let asked = pair.ask("/", at(1));
    let given = pair.give(&asked, at(1));
    let text = given.strip_prefix("ticket=").unwrap();
    for at_byte in 0..text.len() {
        let other = if text.as_bytes()[at_byte] == b'A' {
            "B"
        } else {
            "A"
        };
        let mut changed = text.to_owned();
        changed.replace_range(at_byte..=at_byte, other);
        let arrived = pair.arrive(&format!("ticket={changed}"), at(1));
        assert!(
            matches!(arrived, Err(HandOverRefusal::Ticket(_))),
            "{at_byte}"
        );
    }
    for cut in 0..text.len() {
        let arrived = pair.arrive(&format!("ticket={}", &text[..cut]), at(1));
        assert!(matches!(arrived, Err(HandOverRefusal::Ticket(_))), "{cut}");
    }
    let twice = format!("{given}&{given}");
    for query in ["", "ticket", "lang=de", "ticket=%FF", "ticket=a+b", &twice] {
        let arrived = pair.arrive(query, at(1));
        let refused = matches!(
            arrived,
            Err(HandOverRefusal::Malformed | HandOverRefusal::Ticket(TicketRefusal::Malformed))
        );
        assert!(refused, "{query} {arrived:?}");
    }
    assert!(
        pair.arrive(&given, at(2)).is_ok(),
        "all that used nothing up"
    );
}

#[test]
fn a_ticket_under_a_key_that_is_gone_is_named() {
    let mut pair = Pair::signed_in("user-17");
    let asked = pair.ask("/", at(1));
    let given = pair.give(&asked, at(1));
    let newer = KeyRing::new(key(2));
    pair.b.replace_ring(newer, at(2)).unwrap();
    let refused = pair.arrive(&given, at(2));
    assert_eq!(refused, other(TicketRefusal::UnknownKey));
    let stranger = KeyRing::new(Key::generate().unwrap());
    pair.a.replace_ring(stranger, at(2)).unwrap();
    pair.sign_in("user-17", at(3));
    let asked = pair.ask("/", at(3));
    let given = pair.give(&asked, at(3));
    assert_eq!(pair.arrive(&given, at(3)), other(TicketRefusal::UnknownKey));
}

#[test]
fn other_tickets_are_no_hand_over() {
    use sealed_session::ticket::Purpose;
    use std::time::Duration;

    let mut pair = Pair::signed_in("user-17");
    pair.ask("/", at(1));
    let purpose: Purpose<u64> = Purpose::new("hand-over", Duration::from_secs(30));
    let own = pair.b.seal_ticket(purpose, &17, at(1)).unwrap();
    let refused = pair.arrive(&format!("ticket={own}"), at(1));
    assert_eq!(refused, other(TicketRefusal::OtherAudience));
    let purpose: Purpose<u64> = Purpose::new("invitation", Duration::from_secs(30));
    let own = pair.b.seal_ticket(purpose, &17, at(1)).unwrap();
    let refused = pair.arrive(&format!("ticket={own}"), at(1));
    assert_eq!(refused, other(TicketRefusal::OtherPurpose));
}

/// A browser comes back to B by a redirect of another site, at the top level, and sends `Lax` cookies along.
#[test]
fn an_arrival_is_a_navigation_that_another_site_caused() {
    let mut pair = Pair::signed_in("user-17");
    let asked = pair.ask("/", at(1));
    let given = pair.give(&asked, at(1));
    for (mode, dest, is_sent, arrives) in [
        // A frame or a script of another site brings no cookies, and begins no session.
        ("no-cors", "image", false, false),
        ("navigate", "iframe", false, false),
        ("navigate", "document", true, true),
    ] {
        let line = if is_sent {
            pair.at_b.line()
        } else {
            String::new()
        };
        let fields: &HeaderFields<'_> = &|name, take| match name {
            "sec-fetch-site" => take(b"cross-site"),
            "sec-fetch-mode" => take(mode.as_bytes()),
            "sec-fetch-dest" => take(dest.as_bytes()),
            _ => {}
        };
        let request = RequestHead::new([line.as_bytes()]).method("GET");
        let session = pair.b.load(request.fields(fields), at(2));
        assert_eq!(session.arrive(&given, &[]).unwrap().is_ok(), arrives);
        let changes = pair.b.commit(&session, ResponseHead::new(303), at(2));
        let changes = changes.unwrap();
        let sets = |name: &str| {
            let is_it = |value: &str| value.starts_with(name) && !value.contains("Max-Age=0");
            changes.iter().any(|change| is_it(change.value()))
        };
        assert_eq!(sets("__Host-b-example="), arrives, "{mode} {dest}");
    }
}

/// Who asks is looked up in a list; nothing in a request is an address to redirect to.
#[test]
fn no_request_leads_a_visitor_elsewhere() {
    let mut pair = Pair::signed_in("user-17");
    let asked = pair.ask("/", at(1));
    let mut state = state_in(&asked);
    for (asks, wanted) in [
        ("https://evil.example", HandOverRefusal::UnknownSite),
        (
            "https://b.example.evil.example",
            HandOverRefusal::UnknownSite,
        ),
        (
            "https://b.example@evil.example",
            HandOverRefusal::UnknownSite,
        ),
        (
            "https://b.example/..//evil.example",
            HandOverRefusal::UnknownSite,
        ),
        ("https://b.example:444", HandOverRefusal::UnknownSite),
        ("http://b.example", HandOverRefusal::UnknownSite),
        ("//b.example", HandOverRefusal::UnknownSite),
        ("javascript:alert(1)", HandOverRefusal::UnknownSite),
        ("https://a.example", HandOverRefusal::UnknownSite),
        ("", HandOverRefusal::UnknownSite),
        ("https://b.example.", HandOverRefusal::UnknownSite),
        ("https://b.example%2F", HandOverRefusal::UnknownSite),
        (
            "https://b.example%5C@evil.example",
            HandOverRefusal::UnknownSite,
        ),
        ("https%3A%5C%5Cb.example", HandOverRefusal::UnknownSite),
        (
            "https://b.example%0D%0Alocation:",
            HandOverRefusal::UnknownSite,
        ),
        ("https://b.example%00", HandOverRefusal::UnknownSite),
        ("https://b%E3%80%82example", HandOverRefusal::UnknownSite),
        ("https://%EF%BD%82.example", HandOverRefusal::UnknownSite),
        ("https://b%252Eexample", HandOverRefusal::UnknownSite),
        ("https://b.example:65979", HandOverRefusal::UnknownSite),
        ("https://u:p@b.example", HandOverRefusal::UnknownSite),
        ("null", HandOverRefusal::UnknownSite),
        ("https://b.example%FF", HandOverRefusal::Malformed),
        ("https://b.example+", HandOverRefusal::Malformed),
        (
            "https://b.example&%66or=https://b.example",
            HandOverRefusal::Malformed,
        ),
        (
            "https://b.example&for=https://evil.example",
            HandOverRefusal::Malformed,
        ),
        ("https://b.example&state=AAAA", HandOverRefusal::Malformed),
    ] {
        let query = format!("for={asks}&state={state}");
        let refused = pair.at_a.open(&pair.a, at(2)).hand_over(&query).unwrap();
        assert_eq!(refused, Err(wanted), "{asks}");
    }
    for query in [
        "",
        "for=https://b.example",
        "state=",
        "for=https://b.example&state=AA",
    ] {
        let refused = pair.at_a.open(&pair.a, at(2)).hand_over(query).unwrap();
        assert_eq!(refused, Err(HandOverRefusal::Malformed), "{query}");
    }
    // However a partner is written, the address is that of the list.
    for asks in ["https://b.example", "https%3A%2F%2FB.Example%3A443"] {
        let given = pair.give(&format!("for={asks}&state={state}"), at(2));
        assert!(given.starts_with("ticket="));
    }
    for (back, wanted) in [
        ("/orders", "/orders"),
        ("//evil.example", "/"),
        ("https://evil.example/", "/"),
        ("/%252Fevil.example", "/"),
        ("/%5Cevil.example", "/"),
        ("/a&next=/b", "/"),
        ("/a&%6eext=/b", "/"),
        ("/%2509/evil.example", "/"),
        ("/.//evil.example", "/"),
        ("/%EF%BC%8Fevil.example", "/"),
        ("https:evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("/@evil.example", "/@evil.example"),
    ] {
        pair.ask("/", at(2));
        let given = pair.give(&format!("for={B}&state={state}&next={back}"), at(2));
        let arrived = pair.arrive(&given, at(2)).unwrap();
        assert_eq!(arrived.location(), wanted, "{back}");
        // One nonce is good for one arrival.
        pair.at_b
            .visit(&pair.b, at(3), |session| session.destroy().unwrap());
        let asked = pair.ask("/", at(4));
        state = state_in(&asked);
    }
}

fn state_in(asked: &str) -> String {
    let state = asked.split("state=").nth(1).unwrap();
    state.split('&').next().unwrap().to_owned()
}
