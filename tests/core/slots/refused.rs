//! Slots that are refused when they are put together.

use sealed_session::{
    Budget, CookieSpec, Error, Lifetime, Main, Scope, SessionManager, SessionManagerBuilder, Slot,
    Transport,
};

use super::{Prefs, prefs, sign_in};
use crate::common::ring;

enum Flash {}
impl Slot for Flash {}

fn small(name: &str) -> SessionManagerBuilder {
    with(CookieSpec::exact(name))
}

fn with(cookie: CookieSpec) -> SessionManagerBuilder {
    SessionManager::builder(cookie, ring()).budget(Budget::portable().with_total_limit(500))
}

/// What the error says of `first`, as the main slot, and `second` beside it.
fn refused(first: SessionManagerBuilder, second: SessionManagerBuilder) -> Option<String> {
    let manager = first.build().unwrap();
    let error = manager.with_slot::<Prefs>(second.build().unwrap()).err()?;
    assert!(error.is_configuration(), "{error}");
    Some(error.to_string())
}

#[test]
fn names_that_collide() {
    let named = CookieSpec::exact;
    let table: Vec<(SessionManagerBuilder, SessionManagerBuilder, [&str; 2])> = vec![
        (small("a"), small("a"), ["cookie `a`", "cookie `a`"]),
        // A request does not tell scopes apart.
        (
            small("a"),
            with(named("a").path("/x")),
            ["cookie `a`", "cookie `a`"],
        ),
        (
            small("a"),
            with(named("a").domain("example.com")),
            ["cookie `a`", "cookie `a`"],
        ),
        (
            small("a").former_cookie(named("b")),
            small("b"),
            ["former cookie `b`", "cookie `b`"],
        ),
        (
            small("a"),
            small("b").former_cookie(named("a")),
            ["cookie `a`", "former cookie `a`"],
        ),
        (
            small("a").former_cookie(named("c")),
            small("b").former_cookie(named("c")),
            ["former cookie `c`", "former cookie `c`"],
        ),
    ];
    for (first, second, named) in table {
        let text = refused(first, second).unwrap();
        let wanted = [
            format!("the {} of the slot `Main`", named[0]),
            format!(
                "the {} of the slot `{}`",
                named[1],
                std::any::type_name::<Prefs>()
            ),
        ];
        for part in wanted {
            assert!(text.contains(&part), "{text}");
        }
    }
    // A chunk, touch or tombstone of another session is no base name of any.
    for derived in ["a.1", "a.8", "a.t", "a.x"] {
        assert!(small(derived).build().unwrap_err().is_configuration());
    }
    for (first, second) in [
        (small("a"), small("A")),
        (small("a"), small("a.b")),
        (small("a"), small("a.10")),
        (small("a"), small("__Host-a")),
        (
            small("a").former_scope(Scope::new().path("/x")),
            small("b").former_scope(Scope::new().path("/x")),
        ),
    ] {
        assert_eq!(refused(first, second), None);
    }
}

#[test]
fn transports_that_collide() {
    let travels = |name: &str, transport: &Transport| small(name).transport(transport.clone());
    let header = Transport::header;
    let table = [
        (
            header("x-session"),
            header("X-Session"),
            "header field `x-session`",
        ),
        // Both are answered in `x-session`.
        (
            Transport::bearer(),
            header("x-session"),
            "header field `x-session`",
        ),
        (
            Transport::bearer(),
            Transport::bearer().answered_in("x-b"),
            "field `authorization`",
        ),
        (
            header("x-a"),
            header("x-a-touch"),
            "header field `x-a-touch`",
        ),
        (
            header("x-a").or_cookie(),
            header("x-b").answered_in("x-a"),
            "header field `x-a`",
        ),
        (
            Transport::url_that_leaks("s"),
            Transport::cookie().or_url_that_leaks("s"),
            "parameter of links `s`",
        ),
    ];
    let short = Lifetime::new().with_idle_timeout(std::time::Duration::from_secs(600));
    for (one, other, what) in table {
        let (one, other) = (travels("a", &one), travels("b", &other));
        let text = refused(one.lifetime(short), other.lifetime(short)).unwrap();
        assert!(text.contains(what), "{text}");
        assert!(text.contains("Main") && text.contains("Prefs"), "{text}");
    }
    for (one, other) in [
        (header("x-a"), header("x-b")),
        (Transport::bearer(), header("x-a")),
        (header("x-a").or_cookie(), Transport::cookie()),
        (
            Transport::url_that_leaks("s"),
            Transport::url_that_leaks("p"),
        ),
    ] {
        let (one, other) = (travels("a", &one), travels("b", &other));
        assert_eq!(refused(one.lifetime(short), other.lifetime(short)), None);
    }
    // What tokens are bound to is the cookie's name, whether or not there is a cookie.
    let one = travels("a", &header("x-a"));
    assert!(
        refused(one, travels("a", &header("x-b")))
            .unwrap()
            .contains("cookie `a`")
    );
}

#[test]
fn budgets_of_slots_without_cookies_take_nothing_of_the_cookie_field() {
    let direct = || small("b").budget(Budget::direct());
    let in_field = Transport::header("x-b");
    assert_eq!(
        refused(sign_in(), direct().transport(in_field.clone())),
        None
    );
    assert!(refused(sign_in(), direct().transport(in_field.or_cookie())).is_some());
}

#[test]
fn collisions_are_found_with_any_slot_that_is_there() {
    let build = |builder: SessionManagerBuilder| builder.build().unwrap();
    let manager = build(small("a")).with_slot::<Prefs>(build(small("b")));
    let error = manager
        .unwrap()
        .with_slot::<Flash>(build(small("b")))
        .unwrap_err();
    let text = error.to_string();
    assert!(text.contains("Prefs") && text.contains("Flash"), "{text}");
}

#[test]
fn one_slot_twice() {
    let build = |name: &str| small(name).build().unwrap();
    let twice = |result: Result<SessionManager, Error>, name: &str| {
        let error = result.unwrap_err();
        assert!(
            error.is_configuration() && error.to_string().contains(name),
            "{error}"
        );
    };
    twice(build("a").with_slot::<Main>(build("b")), "Main");
    let manager = build("a").with_slot::<Prefs>(build("b")).unwrap();
    twice(manager.with_slot::<Prefs>(build("c")), "Prefs");
}

#[test]
fn budgets_that_no_request_carries_together() {
    // 6,500 and 1,680 are 8,180.
    let fits = |total| {
        refused(
            sign_in(),
            prefs().budget(Budget::portable().with_total_limit(total)),
        )
    };
    assert_eq!(fits(1_680), None);
    assert_eq!(
        fits(1_681).unwrap(),
        "configuration: the budgets of all slots are 8181 bytes together, 1 more than the 8180 that \
         common servers take in a request: `__Host-session` 6500, `__Host-prefs` 1681; lower them by \
         `Budget::with_total_limit`, or, if every server in front takes more, say so by \
         `Budget::with_request_warning_limit` in the budget of the main slot"
    );
    // The main slot's budget speaks for the request, whatever the others say, in any order.
    let roomy = || small("b").budget(Budget::within_16k());
    assert!(refused(sign_in(), roomy()).is_some());
    assert_eq!(
        refused(
            roomy(),
            small("c").budget(Budget::portable().with_total_limit(2_300))
        ),
        None
    );
    let knows = Budget::within_8k().with_request_warning_limit(18_500);
    assert_eq!(refused(sign_in().budget(knows), roomy()), None);
    // One alone is its own affair.
    let alone = sign_in().budget(Budget::within_8k().with_request_warning_limit(100));
    assert!(
        alone
            .build()
            .unwrap()
            .clone()
            .with_slot::<Flash>(small("f").build().unwrap())
            .is_err()
    );
}

#[test]
fn budgets_that_no_limited_head_carries_together() {
    // Beside each session stand its tombstones and the rest, so two halves are too much.
    let main = || sign_in().budget(Budget::portable().with_total_limit(1_000));
    let fits = |total| {
        refused(
            main(),
            prefs().budget(Budget::portable().with_total_limit(total)),
        )
    };
    assert_eq!(fits(1_000), None);
    let error = fits(1_500).unwrap();
    for part in [
        "response head",
        "3072",
        "`__Host-prefs`",
        "`Budget::with_total_limit`",
    ] {
        assert!(error.contains(part), "{part}: {error}");
    }
    // A slot without a limit of its own may remove all that is left over at once.
    assert!(
        refused(
            main(),
            prefs().budget(Budget::within_8k().with_total_limit(1_000))
        )
        .is_some()
    );
    // The main slot's budget speaks for the response.
    let roomy = sign_in().budget(
        Budget::portable()
            .with_total_limit(1_000)
            .with_head_limit(8_000),
    );
    assert_eq!(refused(roomy, prefs().budget(Budget::portable())), None);
}
