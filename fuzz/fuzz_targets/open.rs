//! Opening: any bytes as a token, in its canonical text and as they are.
#![no_main]

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use libfuzzer_sys::fuzz_target;
use sealed_session_fuzz::{MANAGERS, commit, load};

fuzz_target!(|data: &[u8]| {
    let [_, manager] = &*MANAGERS;
    let canonical = URL_SAFE_NO_PAD.encode(data).into_bytes();
    for value in [canonical.as_slice(), data] {
        let session = load(manager, &[b"s=", value].concat());
        assert_eq!(session.is_live(), session.refusal().is_none());
        // Reading sends no session, and removes none.
        let line = commit(manager, &session).expect("nothing is too large");
        assert!(line.is_empty() || line.starts_with("s.t="), "{line}");
    }
});
