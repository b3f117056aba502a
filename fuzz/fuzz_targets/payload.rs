//! Decoding: any bytes as an authentic payload. Whatever is accepted is carried along unchanged
//! by a session that is written again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sealed_session::{Attribute, Session};
use sealed_session_fuzz::{MANAGERS, commit, load, token};

const TYPED: Attribute<Vec<(String, Option<u32>)>> = Attribute::new("a");

fn values(session: &Session) -> Vec<String> {
    let shown = |name: &String| match session.get::<serde_json::Value>(name) {
        Ok(value) => format!("{name}: {value:?}"),
        Err(error) => format!("{name}: {error}"),
    };
    let mut values: Vec<String> = session.names().iter().map(shown).collect();
    values.push(match session.get(TYPED) {
        Ok(value) => format!("{value:?}"),
        Err(error) => error.to_string(),
    });
    let times = session.times().unwrap();
    values.push(format!(
        "{:?} {:?} {:?} {:?}",
        session.subject(),
        times.created_at,
        times.idle_timeout,
        times.absolute_lifetime
    ));
    values
}

fuzz_target!(|data: &[u8]| {
    let [_, manager] = &*MANAGERS;
    let session = load(manager, format!("s={}", token(data)).as_bytes());
    if !session.is_live() {
        assert!(session.refusal().is_some());
        return;
    }
    let before = values(&session);
    session.renew().expect("random bytes");
    let Some(line) = commit(manager, &session) else {
        return;
    };
    let again = load(manager, line.as_bytes());
    assert_eq!(values(&again), before);
    assert!(again.id().is_some_and(|id| session.id() == Some(id)));
});
