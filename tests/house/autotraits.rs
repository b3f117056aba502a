//! What the public types promise without saying so: they cross threads, and have the standard traits.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may panic"
)]

use std::collections::{BTreeSet, HashSet};
use std::fmt::Display;
use std::hash::Hash;
use std::str::FromStr;

use sealed_session::adapter::{Foreign, HeaderChange, Verdict};
use sealed_session::hand_over::{HandOver, HandOverRefusal, Passage};
use sealed_session::inspect::{Judged, SessionCookies, TokenClaim};
use sealed_session::report::{AttributeSize, KeyId, KeyText, Measure, Oversize, SessionId, Size};
use sealed_session::ticket::{BoundTicket, Purpose, Ticket, TicketPage, TicketRefusal};
use sealed_session::{
    Attribute, Budget, Compression, CookieSpec, CrossOrigin, Error, Format, Guard, Key, KeyRing,
    Lifetime, Persistence, Refusal, ReturnPath, SameSite, Scope, Session, SessionManager,
    SessionManagerBuilder, SignInPage,
};

fn is<T: Send + Sync + Unpin + 'static>() {}

#[test]
fn public_types_are_send_and_sync() {
    is::<Attribute<std::rc::Rc<u8>>>();
    is::<AttributeSize>();
    is::<Budget>();
    is::<CookieSpec>();
    is::<Error>();
    is::<Guard>();
    is::<HandOver>();
    is::<HandOverRefusal>();
    is::<HeaderChange>();
    is::<Judged>();
    is::<Key>();
    is::<KeyRing>();
    is::<KeyText>();
    is::<Lifetime>();
    is::<Oversize>();
    is::<Passage>();
    is::<Refusal>();
    is::<ReturnPath>();
    is::<SignInPage>();
    is::<Scope>();
    is::<Session>();
    is::<SessionCookies>();
    is::<SessionId>();
    is::<SessionManager>();
    is::<SessionManagerBuilder>();
    is::<Size>();
    is::<BoundTicket<u8>>();
    is::<Purpose<std::rc::Rc<u8>>>();
    is::<Ticket<u8>>();
    is::<TicketPage>();
    is::<TicketRefusal>();
    is::<TokenClaim>();
    is::<Verdict>();
}

fn is_a_setting<T: Clone + Default + Eq + Hash>() {}
fn is_named<T: Clone + Eq + Hash>() {}
fn is_a_label<T: Copy + Eq + Hash>() {}
fn is_an_error<T: std::error::Error>() {}

#[test]
fn settings_and_verdicts_have_the_traits_that_collections_ask_for() {
    is_a_setting::<Budget>();
    is_a_setting::<Compression>();
    is_a_setting::<CrossOrigin>();
    is_a_setting::<Format>();
    is_a_setting::<Lifetime>();
    is_a_setting::<Persistence>();
    is_a_setting::<SameSite>();
    is_a_setting::<Scope>();
    // An application has no name by default.
    is_named::<CookieSpec>();
    is_named::<HandOver>();
    is_a_label::<Foreign>();
    is_a_label::<HandOverRefusal>();
    is_a_label::<Measure>();
    is_a_label::<Refusal>();
    is_a_label::<TicketRefusal>();
    is_an_error::<Error>();
    is_an_error::<HandOverRefusal>();
    is_an_error::<Refusal>();
    is_an_error::<TicketRefusal>();
    assert_eq!(Format::default(), Format::Encrypted);
    assert_eq!(SameSite::default(), SameSite::Lax);
}

/// Reads each good text and writes it again, and refuses each bad one.
fn round_trip<T>(good: &[&str], bad: &[&str])
where
    T: FromStr<Err = Error> + Display,
{
    for text in good {
        assert_eq!(text.parse::<T>().map(|id| id.to_string()).unwrap(), *text);
    }
    for text in bad {
        let Err(error) = text.parse::<T>() else {
            panic!("`{text}` is read")
        };
        assert!(text.is_empty() || !error.to_string().contains(text));
    }
}

#[test]
fn texts_are_read_as_they_are_written() {
    round_trip::<KeyId>(
        &["bdfab1f0", "00000000", "0000000a"],
        &[
            "",
            "bdfab1f",
            "bdfab1f00",
            "BDFAB1F0",
            "+dfab1f0",
            "bdfab1fg",
            "bdfab1fé",
        ],
    );
    round_trip::<SessionId>(
        &["00112233445566778899aabbccddeeff"],
        &[
            "",
            "00112233445566778899aabbccddeef",
            "00112233445566778899aabbccddeeff0",
            "00112233445566778899AABBCCDDEEFF",
            "+0112233445566778899aabbccddeeff",
            "0011223344556677é899aabbccddeef",
        ],
    );
}

#[test]
fn ids_sort_and_keys_compare() {
    let ids = [
        "b0000000000000000000000000000000",
        "0a000000000000000000000000000000",
    ];
    let sorted: BTreeSet<SessionId> = ids.iter().map(|id| id.parse().unwrap()).collect();
    assert_eq!(sorted.first().unwrap().to_string(), ids[1]);

    let key = Key::new(&[7; 32]).unwrap();
    assert_eq!(key, Key::try_from(&[7; 32][..]).unwrap());
    for differs_at in [0, 15, 31] {
        let mut bytes = [7; 32];
        bytes[differs_at] ^= 1;
        assert_ne!(key, Key::new(&bytes).unwrap());
    }
    assert!(Key::try_from(&[7; 31][..]).unwrap_err().is_key());

    let path = ReturnPath::parse("/orders?page=2").unwrap();
    let borrowed: &str = path.as_ref();
    assert_eq!(
        (borrowed, path.to_string().as_str()),
        (path.as_str(), path.as_str())
    );
    let seen = HashSet::from([Scope::new(), Scope::new().path("/")]);
    assert_eq!(seen.len(), 1);
}
