//! The life of a session that is stored: its reads, its lifetimes and its races are those of cookies.

use super::*;
use crate::common::at;

#[test]
fn a_session_goes_into_the_store_and_comes_back() {
    let (manager, store) = stored();
    let mut browser = Browser::default();
    visit(&mut browser, (&manager, &store), at(0), |session| {
        session.sign_in("ada", &[]).unwrap();
        session.insert("small", 1).unwrap();
    });
    assert!(store.calls().is_empty(), "it fits");

    visit(&mut browser, (&manager, &store), at(1), |session| {
        session.insert("draft", much(1)).unwrap();
        let size = session.size().unwrap();
        assert_eq!((size.lines.len(), size.stored > 20_000), (1, true));
    });
    assert_eq!(store.calls(), ["put"]);
    assert!(browser.line().len() < 300);

    let reads = |session: &Session| {
        assert_eq!(session.get::<Vec<u8>>("draft").unwrap(), Some(much(1)));
        assert_eq!(session.get::<i32>("small").unwrap(), Some(1));
        assert_eq!(session.subject().as_deref(), Some("ada"));
    };
    visit(&mut browser, (&manager, &store), at(2), reads);
    assert_eq!(store.calls(), ["get"], "reading writes nothing");

    // Smaller again, it goes back into its cookie.
    visit(&mut browser, (&manager, &store), at(3), |session| {
        session.remove("draft").unwrap()
    });
    assert_eq!(store.calls(), ["get", "expire"]);
    visit(&mut browser, (&manager, &store), at(4), |session| {
        assert_eq!(session.get::<i32>("small").unwrap(), Some(1));
    });
    assert!(store.calls().is_empty());
    assert_eq!(store.kept(at(3_602)).len(), 1, "for answers under way");
    assert!(store.kept(at(3_603)).is_empty());
}
