//! What no walk through the application can wait for, or bring about.

use std::sync::Arc;

use sealed_session_axum::testing::{Browser, ManualClock, session};

use super::*;

#[test]
fn a_sign_in_under_way_is_over_after_ten_minutes_without_a_request_and_after_an_hour()
-> Result<(), Error> {
    let manager = flows(CookieSpec::new("oidc-flow"), KeyRing::new(Key::generate()?))?;
    let clock = Arc::new(ManualClock::new(
        OffsetDateTime::UNIX_EPOCH + Duration::days(20_000),
    ));
    let minutes = |count: u64| clock.advance(std::time::Duration::from_secs(60 * count));
    let begun = || {
        let mut browser = Browser::new(clock.clone());
        browser.visit(&manager, |session| session.insert(FLOWS, Vec::new()))?;
        Ok::<_, Error>(browser)
    };
    let is_there = |browser: &mut Browser| {
        browser.visit(&manager, |session| Ok(session.get(FLOWS)?.is_some()))
    };
    let mut browser = begun()?;
    minutes(9);
    assert!(is_there(&mut browser)?);
    minutes(11);
    assert!(!is_there(&mut browser)?);
    let mut browser = begun()?;
    for _ in 0..6 {
        minutes(9);
        assert!(is_there(&mut browser)?);
    }
    minutes(7);
    assert!(!is_there(&mut browser)?);
    Ok(())
}

#[test]
fn what_another_version_stored_is_as_good_as_nothing() -> Result<(), Error> {
    let session = session();
    session.insert(Attribute::<u32>::new("flows").secret(), 17)?;
    session.insert(Attribute::<u32>::new("tokens").secret(), 17)?;
    assert!(session.get(FLOWS)?.is_none() && session.get(TOKENS)?.is_none());
    Ok(())
}
