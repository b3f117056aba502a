//! Text packing and compression: any bytes as a value, and as a packed value in a payload.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use sealed_session::{
    Attribute, Budget, Compression, CookieSpec, Key, KeyRing, Refusal, Session, SessionManager,
};
use sealed_session_fuzz::{commit, load, token};

const BYTES: Attribute<Vec<u8>> = Attribute::new("a");
const SECRET: Attribute<Vec<u8>> = Attribute::new("b").secret();

/// The policies, each with a budget that is never the limit, and `Auto` with a tight one.
static MANAGERS: LazyLock<[SessionManager; 4]> = LazyLock::new(|| {
    let wide = Budget::direct();
    [
        (Compression::Off, wide),
        (Compression::Auto, wide),
        (Compression::Smallest, wide),
        (Compression::Auto, Budget::direct().with_line_limit(300)),
    ]
    .map(|(compression, budget)| {
        SessionManager::builder(
            CookieSpec::exact("s"),
            KeyRing::new(Key::new(&[1; 32]).expect("a good key")),
        )
        .compression(compression)
        .budget(budget)
        .build()
        .expect("a good configuration")
    })
});

/// What is stored comes back under every policy, and none makes it larger than no policy at all.
fn as_a_value(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let store = |session: &Session| {
        session.insert(BYTES, data.to_vec())?;
        session.insert(SECRET, data.iter().copied().take(40).collect::<Vec<u8>>())?;
        session.insert("text", &*text)?;
        session.size()
    };
    let mut largest = None;
    for (at, manager) in MANAGERS.iter().enumerate() {
        let is_wide = at < 3;
        let session = load(manager, b"");
        let size = match store(&session) {
            Ok(size) => size,
            Err(error) => {
                assert!(error.is_too_large(), "{error}");
                continue;
            }
        };
        if is_wide {
            let largest = *largest.get_or_insert(size.bytes);
            assert!(size.bytes <= largest, "{size:?} and not {largest}");
        }
        let line = commit(manager, &session).expect("it has a size");
        // Whatever the policy, everything is readable.
        if let Some(reader) = MANAGERS.iter().nth_back(at) {
            let again = load(reader, line.as_bytes());
            assert_eq!(again.get(BYTES).expect("readable").as_deref(), Some(data));
            let read: Option<String> = again.get("text").expect("readable");
            assert_eq!(read.as_deref(), Some(&*text));
        }
    }
}

/// Any bytes as the packed form of a value: refused, or carried along unchanged.
fn as_a_packed_value(data: &[u8]) {
    let Ok(length) = u16::try_from(data.len()) else {
        return;
    };
    let varint = |number: u16| postcard_varint(number.into());
    let attribute = [b"\x01a\x09\0", &*varint(length), data].concat();
    let region = u16::try_from(attribute.len()).map(varint);
    let Ok(region) = region else { return };
    let head = [&[1, 0], &[7; 16][..], &[0x6b, 0x49, 0xd2, 0]].concat();
    let payload = [&head, &region, &attribute, &[0][..]].concat();
    let [_, manager, ..] = &*MANAGERS;
    let session = load(manager, format!("s={}", token(&payload)).as_bytes());
    if !session.is_live() {
        let refusal = session.refusal();
        assert!(
            matches!(refusal, Some(Refusal::Malformed | Refusal::OverCeiling)),
            "{refusal:?}"
        );
        return;
    }
    let read = |session: &Session| match session.get::<serde_json::Value>("a") {
        Ok(value) => format!("{value:?}"),
        Err(error) => error.to_string(),
    };
    let before = read(&session);
    session.renew().expect("random bytes");
    let size = session.size();
    if let Some(line) = commit(manager, &session) {
        let again = load(manager, line.as_bytes());
        assert_eq!(read(&again), before);
        let attributes = |session: &Session| session.size().map(|s| s.attributes).ok();
        assert_eq!(attributes(&again), size.map(|s| s.attributes).ok());
    }
}

fn postcard_varint(mut number: u32) -> Vec<u8> {
    let mut out = Vec::new();
    while number > 0x7f {
        out.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
    out
}

fuzz_target!(|data: &[u8]| {
    as_a_value(data);
    as_a_packed_value(data);
});
