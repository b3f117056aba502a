//! Tickets: any bytes as a ticket, in its canonical text and as they are, and as what an authentic one holds.
#![no_main]

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use libfuzzer_sys::fuzz_target;
use sealed_session::ticket::{Bound, Purpose, TicketRefusal};
use sealed_session_fuzz::{MANAGERS, now};

type Value = Vec<(String, Option<u32>)>;

const TYPED: Purpose<Value> = Purpose::new("typed", Duration::from_secs(60));
const JSON: Purpose<serde_json::Value, Bound> =
    Purpose::json("json", Duration::from_secs(60)).bound();

fuzz_target!(|data: &[u8]| {
    let [_, manager] = &*MANAGERS;
    let canonical = URL_SAFE_NO_PAD.encode(data).into_bytes();
    // What stands before the contents of a ticket of each purpose. No tag is checked here.
    let typed = manager
        .seal_ticket(TYPED, &Vec::new(), now())
        .expect("it is short");
    let json = manager
        .seal_bound_ticket(JSON, &0.into(), "", now())
        .expect("it is short");
    let filled = |sealed: &str| {
        let mut ticket = URL_SAFE_NO_PAD.decode(sealed).expect("it is a ticket");
        ticket.truncate(37);
        ticket.extend_from_slice(data);
        ticket.extend_from_slice(&[0; 16]);
        URL_SAFE_NO_PAD.encode(ticket).into_bytes()
    };
    for text in [canonical, data.to_vec(), filled(&typed), filled(&json)] {
        if let Ok(ticket) = manager.open_ticket(TYPED, &text, now()) {
            let again = manager
                .seal_ticket(TYPED, ticket.value(), now())
                .expect("it fits");
            let again = manager
                .open_ticket(TYPED, again, now())
                .expect("it is good");
            assert_eq!(again.value(), ticket.value());
        }
        match manager.open_bound_ticket(JSON, &text, now()) {
            Ok(ticket) => assert!(ticket.bound_to("any").is_ok()),
            Err(refused) => assert!(refused != TicketRefusal::Tampered),
        }
    }
});
