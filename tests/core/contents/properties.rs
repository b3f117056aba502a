//! Laws that hold for any content, any configuration that builds, and any order of cookies.

use std::collections::BTreeMap;

use proptest::prelude::*;
use sealed_session::adapter::RequestHead;
use sealed_session::{
    Attribute, Budget, Compression, CookieSpec, Format, SameSite, SessionManager,
};
use serde_json::Value;

use crate::common::{self, Browser, at, commit, ring};

/// Any JSON, a few levels deep.
fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,40}".prop_map(Value::from),
        machine_text().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map(".{0,8}", inner, 0..6)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

/// Text that stands for bytes, alone and among other text.
fn machine_text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
        "([0-9a-f]{2}){6,40}",
        "[A-Za-z0-9_-]{16,90}",
        "[A-Za-z0-9+/]{16,90}={0,2}",
        "eyJ[A-Za-z0-9_-]{30,60}\\.eyJ[A-Za-z0-9_-]{30,90}\\.[A-Za-z0-9_-]{43}",
        ".{0,9}[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}.{0,9}",
    ]
}

fn compression() -> impl Strategy<Value = Compression> {
    prop_oneof![
        Just(Compression::Auto),
        Just(Compression::Smallest),
        Just(Compression::Off),
    ]
}

fn attributes() -> impl Strategy<Value = BTreeMap<String, Value>> {
    prop::collection::btree_map(".{1,20}", json(), 0..8)
}

fn budget() -> impl Strategy<Value = Budget> {
    (200_usize..4_200, 0_usize..11, 200_usize..40_000).prop_map(|(line, cookies, total)| {
        Budget::within_8k()
            .with_line_limit(line)
            .with_cookie_limit(cookies)
            .with_total_limit(total)
    })
}

/// Any cookie, and the page that sets it.
fn spec() -> impl Strategy<Value = (CookieSpec, Browser)> {
    let name = prop_oneof![
        Just("__Host-session".to_owned()),
        Just("__Secure-s".to_owned()),
        "[a-zA-Z0-9_.-]{1,70}",
    ];
    let domain = proptest::option::of("[a-z]{1,12}(\\.[a-z]{1,12}){0,3}");
    let path = prop_oneof![Just("/".to_owned()), "/[ -~]{0,40}"];
    (name, domain, path, any::<bool>(), 0_usize..3).prop_map(
        |(name, domain, path, partitioned, site)| {
            let host = domain.as_deref().unwrap_or("localhost");
            let browser = Browser::on(&format!("https://{host}"), &path);
            let mut spec = CookieSpec::exact(name)
                .path(path)
                .same_site([SameSite::Lax, SameSite::None, SameSite::Strict][site]);
            if let Some(domain) = domain {
                spec = spec.domain(domain);
            }
            if partitioned {
                spec = spec.partitioned();
            }
            (spec, browser)
        },
    )
}

proptest! {
    #[test]
    fn no_policy_makes_a_session_larger_and_each_reads_what_others_wrote(
        attributes in attributes(),
        later in attributes(),
    ) {
        let managers = [Compression::Off, Compression::Auto, Compression::Smallest].map(|policy| {
            let builder = SessionManager::builder("session", ring()).budget(Budget::direct());
            builder.compression(policy).build().unwrap()
        });
        let mut browsers = [const { None::<Browser> }; 3];
        let mut sizes = Vec::new();
        for (at_policy, manager) in managers.iter().enumerate() {
            let mut browser = Browser::default();
            sizes.push(browser.visit(manager, at(0), |session| {
                for (name, value) in &attributes {
                    session.insert(name, value.clone()).unwrap();
                }
                session.size().unwrap().bytes
            }));
            browsers[at_policy] = Some(browser);
        }
        prop_assert!(sizes.is_sorted_by(|a, b| a >= b), "{:?}", sizes);
        // Written on by another policy, it costs what it would have cost there.
        for (manager, size) in managers.iter().zip(&sizes) {
            for browser in browsers.iter().flatten() {
                let session = browser.open(manager, at(1));
                for (name, value) in &attributes {
                    prop_assert_eq!(&session.get::<Value>(name).unwrap(), &Some(value.clone()));
                }
                if !attributes.is_empty() {
                    prop_assert_eq!(session.size().unwrap().bytes, *size);
                }
                for (name, value) in &later {
                    session.insert(name, value.clone()).unwrap();
                }
                let fresh = Browser::default().open(manager, at(1));
                for (name, value) in attributes.iter().chain(&later) {
                    fresh.insert(name, value.clone()).unwrap();
                }
                prop_assert_eq!(session.size().unwrap().bytes, fresh.size().unwrap().bytes);
            }
        }
    }

    #[test]
    fn any_attributes_round_trip_in_any_order_of_cookies(
        attributes in attributes(),
        blob in prop::collection::vec(any::<u8>(), 0..6_000),
        subject in proptest::option::of(".{1,60}"),
        signed in any::<bool>(),
        order in any::<u16>(),
        split in any::<bool>(),
        compression in compression(),
    ) {
        let format = if signed { Format::Signed } else { Format::Encrypted };
        let manager = SessionManager::builder("session", ring())
            .budget(Budget::direct())
            .compression(compression)
            .format(format)
            .build()
            .unwrap();
        let typed = Attribute::<Vec<u8>>::new("a typed blob with a longer name");
        let mut browser = Browser::default();
        let id = browser.visit(&manager, at(0), |session| {
            match &subject {
                Some(subject) => session.sign_in(subject, &[]).unwrap(),
                None => session.start_over(&[]).unwrap(),
            }
            for (name, value) in &attributes {
                session.insert(name, value.clone()).unwrap();
            }
            session.insert(typed, blob.clone()).unwrap();
            session.id()
        });
        let line = browser.line();
        let mut parts: Vec<&[u8]> = line.split("; ").map(str::as_bytes).collect();
        let length = parts.len();
        for at in 0..length {
            parts.swap(at, usize::from(order).wrapping_mul(at + 7) % length);
        }
        let joined = parts.join(&b"; "[..]);
        let session = if split {
            manager.load(RequestHead::new(parts), at(1))
        } else {
            manager.load(RequestHead::new([joined.as_slice()]), at(1))
        };
        prop_assert_eq!(session.id(), id);
        prop_assert_eq!(session.subject(), subject);
        prop_assert_eq!(session.get(typed).unwrap(), Some(blob));
        prop_assert_eq!(session.names().len(), attributes.len() + 1);
        for (name, value) in &attributes {
            let stored = session.get::<Value>(name).unwrap();
            prop_assert_eq!(stored.as_ref(), Some(value));
        }
    }

    #[test]
    fn no_line_is_over_its_limit_and_every_writable_session_is_readable(
        budget in budget(),
        (spec, mut browser) in spec(),
        length in 0_usize..30_000,
        seed in any::<u64>(),
    ) {
        let built = SessionManager::builder(spec, ring()).budget(budget).build();
        let Ok(manager) = built else { return Ok(()) };
        let session = browser.open(&manager, at(0));
        let blob = Attribute::<Vec<u8>>::new("blob");
        if let Err(error) = session.insert(blob, common::noise(length, seed)) {
            prop_assert!(error.is_too_large() && !session.contains(blob), "{}", error);
            return Ok(());
        }
        let size = session.size();
        match browser.close(&manager, &session, at(0)) {
            Err(error) => {
                prop_assert!(error.is_too_large() && size.is_err(), "{}", error);
                prop_assert!(browser.is_empty());
            }
            Ok(lines) => {
                let size = size.unwrap();
                let bytes: usize = lines.iter().map(String::len).sum();
                prop_assert_eq!((size.bytes, size.lines.len()), (bytes, lines.len()));
                prop_assert!(bytes <= budget.total_limit());
                prop_assert!(lines.len() <= budget.cookie_limit());
                for line in &lines {
                    prop_assert!(line.len() <= budget.line_limit());
                    prop_assert!(line.bytes().all(|b| (b' '..=b'~').contains(&b)));
                }
                let session = browser.open(&manager, at(1));
                prop_assert_eq!(session.get(blob).unwrap(), Some(common::noise(length, seed)));
                // And it can be left again, whatever its size.
                session.destroy().unwrap();
                browser.close(&manager, &session, at(1)).unwrap();
                // But for the tombstone.
                let left = browser.names();
                prop_assert!(left.len() == 1 && left[0].ends_with(".x"), "{:?}", left);
            }
        }
    }

    #[test]
    fn any_cookie_line_gives_a_session_and_deletes_nothing(
        lines in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..300), 0..4),
        value in "[A-Za-z0-9_=; -]{0,300}",
        index in 0_usize..12,
    ) {
        let manager = common::manager();
        let named = format!("__Host-session={value}; __Host-session.{index}={value}");
        let all = lines.iter().map(Vec::as_slice).chain([named.as_bytes()]);
        let session = manager.load(RequestHead::new(all), at(0));
        prop_assert!(!session.is_live() && session.refusal().is_some());
        prop_assert!(commit(&manager, &session, at(0)).unwrap().is_empty());
    }
}
