//! What revocations take: a table in memory, and a question at a request.

use allocation_counter::measure;
use sealed_session::SessionManager;
use sealed_session::adapter::RequestHead;
use sealed_session::revocation::{Revocation, RevocationTable};

use crate::common::{Browser, at, manager, ring};

/// A revocation whose target looks as random as a MAC does.
fn revocation(number: u64) -> Revocation {
    // SplitMix64.
    let mix = |seed: u64| {
        let mut z = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    };
    let mut bytes = [0; 24];
    bytes[..8].copy_from_slice(&mix(2 * number + 1).to_be_bytes());
    bytes[8..16].copy_from_slice(&mix(2 * number + 2).to_be_bytes());
    bytes[20..].copy_from_slice(&u32::MAX.to_be_bytes());
    Revocation::from_bytes(&bytes).unwrap()
}

#[test]
fn a_million_revocations_take_less_than_40_mb() {
    const MILLION: usize = 1_000_000;
    let mut table = None;
    let info = measure(|| {
        let full = RevocationTable::new(MILLION);
        full.add((0..MILLION as u64).map(revocation), at(0))
            .unwrap();
        table = Some(full);
    });
    assert_eq!(table.unwrap().len(), MILLION);
    // What is left, and what there was at any moment on the way.
    let (left, most) = (info.bytes_current, info.bytes_max);
    assert!((24_000_000..40_000_000).contains(&left), "{left}");
    assert!(most < 40_000_000, "{most}");
    // One that holds little takes little, however much it may hold.
    let info = measure(|| drop(RevocationTable::new(MILLION)));
    assert!(info.bytes_max < 200_000, "{}", info.bytes_max);
}

#[test]
fn a_question_allocates_nothing() {
    let mut browser = Browser::default();
    browser.visit(&manager(), at(0), |session| {
        session.sign_in("ada", &[]).unwrap()
    });
    let line = browser.line();
    let count = |manager: &SessionManager| {
        let info = measure(|| {
            let session = manager.load(RequestHead::new([line.as_bytes()]), at(1));
            assert!(session.is_live());
        });
        info.count_total
    };
    let table = RevocationTable::new(1_000);
    table.add((0..1_000).map(revocation), at(0)).unwrap();
    let asks = SessionManager::builder("session", ring());
    let asks = asks.revocations(table).build().unwrap();
    assert_eq!(count(&asks), count(&manager()));
}
