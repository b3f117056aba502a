//! Parsing and joining: any `Cookie` lines, separated by line feeds.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sealed_session::adapter::RequestHead;
use sealed_session_fuzz::{MANAGERS, commit, now};

fuzz_target!(|data: &[u8]| {
    for manager in MANAGERS.iter() {
        let session = manager.load(RequestHead::new(data.split(|byte| *byte == b'\n')), now());
        assert_eq!(session.is_live(), session.refusal().is_none());
        for attribute in session.names() {
            let _ = session.get::<serde_json::Value>(&attribute);
        }
        if session.insert("a", 1).is_ok() {
            commit(manager, &session);
        }
    }
});
