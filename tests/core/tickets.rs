//! Tickets: for what they open, for what they do not, and why.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use proptest::prelude::*;
use sealed_session::adapter::RequestHead;
use sealed_session::ticket::{Bound, Purpose, Ticket, TicketRefusal};
use sealed_session::{Format, KeyRing, Lifetime, Refusal, SessionManager, SessionManagerBuilder};
use time::OffsetDateTime;

use crate::common::{at, key, ring};

const HALF_AN_HOUR: Duration = Duration::from_secs(1_800);
const RESET: Purpose<u64> = Purpose::new("reset-password", HALF_AN_HOUR);
const BOUND: Purpose<u64, Bound> = RESET.bound();

fn builder() -> SessionManagerBuilder {
    SessionManager::builder("session", ring())
}

fn manager() -> SessionManager {
    builder().build().unwrap()
}

/// Why a text is no good ticket of `RESET` at a time.
fn refusal(manager: &SessionManager, text: &str, now: OffsetDateTime) -> Option<TicketRefusal> {
    manager.open_ticket(RESET, text, now).err()
}

#[test]
fn a_ticket_opens_for_its_purpose_its_audience_and_its_type_alone() {
    const LONGER: Purpose<u64> = Purpose::new("reset-password", Duration::from_secs(7_200));
    const CONFIRM: Purpose<u64> = Purpose::new("confirm-address", HALF_AN_HOUR);
    const TEXT: Purpose<String> = Purpose::new("reset-password", HALF_AN_HOUR);
    const JSON: Purpose<u64> = Purpose::json("reset-password", HALF_AN_HOUR);
    let manager = manager();
    let text = manager.seal_ticket(RESET, &17, at(0)).unwrap();
    assert_eq!(
        manager
            .open_ticket(RESET, &text, at(0))
            .unwrap()
            .into_value(),
        17
    );
    // Its own lifetime counts, as it is by now.
    assert!(manager.open_ticket(LONGER, &text, at(7_199)).is_ok());

    let other = manager.open_ticket(CONFIRM, &text, at(0)).unwrap_err();
    assert_eq!(other, TicketRefusal::OtherPurpose);
    let forum = builder().audience("forum").build().unwrap();
    assert_eq!(
        refusal(&forum, &text, at(0)),
        Some(TicketRefusal::OtherAudience)
    );
    let other = manager.open_ticket(TEXT, &text, at(0)).unwrap_err();
    assert_eq!(other, TicketRefusal::OtherType);
    let other = manager.open_ticket(JSON, &text, at(0)).unwrap_err();
    assert_eq!(other, TicketRefusal::OtherType);
}

#[test]
fn a_bound_ticket_gives_itself_for_the_present_state_alone() {
    let manager = manager();
    let text = manager.seal_bound_ticket(BOUND, &17, "old", at(0)).unwrap();
    for (state, wanted) in [
        (&b"old"[..], Ok(17)),
        (b"new", Err(TicketRefusal::OtherState)),
        (b"", Err(TicketRefusal::OtherState)),
        (b"old\0", Err(TicketRefusal::OtherState)),
        (b"ol", Err(TicketRefusal::OtherState)),
    ] {
        let opened = manager.open_bound_ticket(BOUND, &text, at(0)).unwrap();
        assert_eq!(opened.unproven(), &17);
        let value = opened.bound_to(state).map(Ticket::into_value);
        assert_eq!(value, wanted, "{state:?}");
    }
    // A purpose that becomes bound, or free, takes none of those that are out.
    assert_eq!(
        refusal(&manager, &text, at(0)),
        Some(TicketRefusal::OtherState)
    );
    let free = manager.seal_ticket(RESET, &17, at(0)).unwrap();
    let refused = manager.open_bound_ticket(BOUND, free, at(0)).unwrap_err();
    assert_eq!(refused, TicketRefusal::OtherState);
}

#[test]
fn a_ticket_is_good_for_its_lifetime_to_the_second_and_by_clocks_that_differ() {
    let end = OffsetDateTime::from_unix_timestamp(i64::from(u32::MAX)).unwrap();
    let manager = manager();
    let table = [
        (at(0), at(0), None),
        (at(0), at(1_799), None),
        (at(0), at(1_800), Some(TicketRefusal::Expired)),
        (at(0), at(-120), None),
        (at(0), at(-121), Some(TicketRefusal::FromTheFuture)),
        (
            at(0),
            end + Duration::from_secs(1 << 32),
            Some(TicketRefusal::Expired),
        ),
        // Seconds are counted in 32 bits, until 2106. What is issued at their end is good until the last one.
        (
            end - Duration::from_secs(10),
            end - Duration::from_secs(1),
            None,
        ),
        (
            end - Duration::from_secs(10),
            end,
            Some(TicketRefusal::Expired),
        ),
        (end, end, Some(TicketRefusal::Expired)),
        (OffsetDateTime::UNIX_EPOCH, OffsetDateTime::UNIX_EPOCH, None),
    ];
    for (sealed, opened, wanted) in table {
        let text = manager.seal_ticket(RESET, &17, sealed).unwrap();
        assert_eq!(
            refusal(&manager, &text, opened),
            wanted,
            "{sealed} {opened}"
        );
    }
    // The skew is that of the policy.
    let exact = builder().lifetime(Lifetime::new().with_clock_skew(Duration::ZERO));
    let text = manager.seal_ticket(RESET, &17, at(1)).unwrap();
    let refused = refusal(&exact.build().unwrap(), &text, at(0));
    assert_eq!(refused, Some(TicketRefusal::FromTheFuture));
}

#[test]
fn a_ticket_outlives_the_turn_of_its_key_and_not_the_key() {
    let (old, new) = (key(1), key(2));
    let sealed = |ring: KeyRing| SessionManager::new("session", ring).unwrap();
    let text = sealed(KeyRing::new(old.clone()))
        .seal_ticket(RESET, &17, at(0))
        .unwrap();

    let rotated = sealed(KeyRing::new(new.clone()).accept(old.clone()).unwrap());
    assert_eq!(refusal(&rotated, &text, at(0)), None);
    let stopped = at(-50_000);
    let retiring = KeyRing::new(new.clone())
        .accept_until(old, stopped, at(10))
        .unwrap();
    let retiring = sealed(retiring);
    assert_eq!(refusal(&retiring, &text, at(9)), None);
    assert_eq!(
        refusal(&retiring, &text, at(10)),
        Some(TicketRefusal::RetiredKey)
    );
    let without = sealed(KeyRing::new(new.clone()));
    assert_eq!(
        refusal(&without, &text, at(0)),
        Some(TicketRefusal::UnknownKey)
    );

    // A replaced ring seals and opens at once.
    without
        .replace_ring(KeyRing::new(key(1)).accept(new).unwrap(), at(0))
        .unwrap();
    assert_eq!(refusal(&without, &text, at(0)), None);
    let again = without.seal_ticket(RESET, &17, at(0)).unwrap();
    assert_eq!(again[..6], text[..6], "the same key");
}

/// Also if somebody writes the other one's format into it, whatever seals sessions.
#[test]
fn no_ticket_is_a_session_and_no_session_is_a_ticket() {
    let formatted = |text: &str, format: u8| {
        let mut bytes = URL_SAFE_NO_PAD.decode(text).unwrap();
        bytes[0] = format;
        URL_SAFE_NO_PAD.encode(bytes)
    };
    for format in [Format::Encrypted, Format::Signed] {
        let builder = builder().format(format).accept_format(Format::Signed);
        let manager = builder.accept_format(Format::Encrypted).build().unwrap();
        // A purpose by the name of what a session's token is bound to.
        const SESSION: Purpose<u64> = Purpose::new("session", HALF_AN_HOUR);
        for purpose in [RESET, SESSION] {
            let ticket = manager.seal_ticket(purpose, &17, at(0)).unwrap();
            for (number, wanted) in [
                // It does not even begin as a token does.
                (5, Refusal::Malformed),
                (1, Refusal::Tampered),
                (2, Refusal::Tampered),
                (3, Refusal::NewerFormat),
            ] {
                let line = format!("__Host-session={}", formatted(&ticket, number));
                let session = manager.load(RequestHead::new([line.as_bytes()]), at(0));
                assert_eq!(session.refusal(), Some(wanted), "{number}");
            }
        }

        let mut browser = crate::common::Browser::default();
        // No shorter than a ticket, if it is signed, too.
        browser.visit(&manager, at(0), |session| {
            session.sign_in("somebody@shop.example", &[]).unwrap()
        });
        let token = browser.value(crate::common::BASE).unwrap().to_owned();
        for purpose in [RESET, SESSION] {
            let refused = |text: &str| manager.open_ticket(purpose, text, at(0)).unwrap_err();
            assert_eq!(refused(&token), TicketRefusal::WrongFormat);
            let bytes = URL_SAFE_NO_PAD.decode(formatted(&token, 5)).unwrap();
            assert_eq!(refused(&formatted(&token, 5)), TicketRefusal::OtherPurpose);
            // With the prints of a ticket, too.
            let ticket = manager.seal_ticket(purpose, &17, at(0)).unwrap();
            let prints = &URL_SAFE_NO_PAD.decode(ticket).unwrap()[9..13];
            let printed = [&bytes[..9], prints, &bytes[9..]].concat();
            assert_eq!(
                refused(&URL_SAFE_NO_PAD.encode(printed)),
                TicketRefusal::Tampered
            );
        }
    }
}

#[test]
fn every_flipped_bit_of_a_ticket_and_every_cut_is_noticed() {
    let manager = manager();
    let text = manager.seal_bound_ticket(BOUND, &17, "old", at(0)).unwrap();
    let token = URL_SAFE_NO_PAD.decode(&text).unwrap();
    let refused = |bytes: &[u8]| {
        let text = URL_SAFE_NO_PAD.encode(bytes);
        manager.open_bound_ticket(BOUND, text, at(0)).unwrap_err()
    };
    for bit in 0..token.len() * 8 {
        let mut flipped = token.clone();
        flipped[bit / 8] ^= 0x80 >> (bit % 8);
        let wanted = match (bit / 8, flipped[0]) {
            (0, 1..=4) => TicketRefusal::WrongFormat,
            (0, _) => TicketRefusal::NewerFormat,
            (1..=4, _) => TicketRefusal::UnknownKey,
            (9 | 10, _) => TicketRefusal::OtherPurpose,
            (11 | 12, _) => TicketRefusal::OtherAudience,
            _ => TicketRefusal::Tampered,
        };
        assert_eq!(refused(&flipped), wanted, "bit {bit}");
    }
    for length in 0..token.len() {
        let wanted = match length {
            ..54 => TicketRefusal::Malformed,
            _ => TicketRefusal::Tampered,
        };
        assert_eq!(refused(&token[..length]), wanted, "{length}");
    }
    assert_eq!(
        refused(&[&token, &b"x"[..]].concat()),
        TicketRefusal::Tampered
    );
}

#[test]
fn a_ticket_fits_into_a_url_or_is_not_sealed() {
    const LONG: Purpose<String> = Purpose::new("long", HALF_AN_HOUR);
    let manager = manager();
    let sealed = |length| manager.seal_ticket(LONG, &"x".repeat(length), at(0));
    let longest = (0..2_048)
        .rev()
        .find_map(|length| sealed(length).ok())
        .unwrap();
    assert_eq!(longest.len(), 2_048);
    let is_unreserved = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    assert!(longest.bytes().all(is_unreserved), "{longest}");
    assert!(manager.open_ticket(LONG, &longest, at(0)).is_ok());

    let error = sealed(10_000).unwrap_err();
    assert!(error.is_not_representable());
    assert_eq!(error.label(), "not_representable");
    let told = error.to_string();
    let wanted =
        "ticket `long` was not sealed: it would have 13412 characters, 11364 more than the 2048";
    assert!(told.starts_with(wanted), "{told}");
    for text in ["A".repeat(2_049), longest + "A"] {
        let refused = manager.open_ticket(LONG, text, at(0)).unwrap_err();
        assert_eq!(refused, TicketRefusal::OverCeiling);
    }
}

#[test]
fn a_value_that_would_not_come_back_is_not_sealed() {
    const FLOAT: Purpose<f64> = Purpose::json("rate", HALF_AN_HOUR);
    const ANY: Purpose<serde_json::Value> = Purpose::new("any", HALF_AN_HOUR);
    let error = manager().seal_ticket(FLOAT, &f64::NAN, at(0)).unwrap_err();
    assert!(error.is_not_representable(), "{error}");
    let error = manager()
        .seal_ticket(ANY, &serde_json::json!(1), at(0))
        .unwrap_err();
    assert!(
        error.to_string().contains("needs `Purpose::json`"),
        "{error}"
    );
}

#[test]
fn nothing_that_is_shown_of_a_ticket_holds_its_value_its_text_or_its_state() {
    const WHO: Purpose<String, Bound> = Purpose::new("who", HALF_AN_HOUR).bound();
    const SECRET: &str = "correct-horse-battery-staple";
    let manager = manager();
    let text = manager
        .seal_bound_ticket(WHO, &SECRET.to_owned(), "hash-of-it", at(0))
        .unwrap();
    let opened = manager.open_bound_ticket(WHO, &text, at(0)).unwrap();
    let unproven = format!("{opened:?}");
    let ticket = opened.bound_to("hash-of-it").unwrap();
    let page = sealed_session::ticket::TicketPage::new("Title", "Go", "/go", &text);
    let shown = format!("{unproven} {ticket:?} {page:?} {WHO:?}");
    assert!(
        shown.contains("Ticket { purpose: \"who\", issued: "),
        "{shown}"
    );
    for secret in [SECRET, "hash-of-it", &text[20..30]] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

#[test]
fn a_ticket_that_counts_once_is_one_thing_on_every_node_and_no_other_ticket_is() {
    let manager = manager();
    let sealed = || manager.seal_ticket(RESET, &17, at(0)).unwrap();
    let named = |manager: &SessionManager, text: &str| {
        let ticket = manager.open_ticket(RESET, text, at(60)).unwrap();
        ticket.once(manager, at(60))
    };
    let (one, other) = (sealed(), sealed());
    let thing = named(&manager, &one);
    assert_eq!(thing, named(&builder().build().unwrap(), &one));
    assert_ne!(thing.names(), named(&manager, &other).names());
    assert!(thing.is_good());
    assert_eq!(thing.known_since(), at(-120));
    // Until its end, and the skew longer.
    assert_eq!(thing.kept_for(), Duration::from_secs(1_800 - 60 + 120));
}

proptest! {
    #[test]
    fn any_text_is_refused_with_a_reason(text in ".{0,200}", bytes: Vec<u8>) {
        let manager = manager();
        prop_assert!(refusal(&manager, &text, at(0)).is_some());
        let good = manager.seal_ticket(RESET, &17, at(0)).unwrap();
        let mut ticket = URL_SAFE_NO_PAD.decode(good).unwrap();
        ticket.truncate(13);
        ticket.extend(&bytes);
        for raw in [&bytes, &ticket] {
            prop_assert!(manager.open_ticket(RESET, raw, at(0)).is_err());
            prop_assert!(refusal(&manager, &URL_SAFE_NO_PAD.encode(raw), at(0)).is_some());
        }
    }

    #[test]
    fn what_was_sealed_comes_back(user: u64, state: Vec<u8>, name in "\\PC{0,80}") {
        const WHO: Purpose<(u64, String), Bound> = Purpose::new("who", HALF_AN_HOUR).bound();
        let manager = manager();
        let value = (user, name);
        let text = manager.seal_bound_ticket(WHO, &value, &state, at(0)).unwrap();
        let opened = manager.open_bound_ticket(WHO, text, at(0)).unwrap();
        prop_assert_eq!(opened.bound_to(&state).unwrap().into_value(), value);
    }
}
