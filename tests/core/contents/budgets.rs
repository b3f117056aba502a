//! Budgets: each preset is filled to its last byte, and a limited response head is kept.

use std::time::Duration;

use sealed_session::adapter::{HeaderChange, RequestHead, ResponseHead};
use sealed_session::{
    Attribute, Budget, Compression, CookieSpec, Event, Format, Lifetime, Persistence, Scope,
    Session, SessionManager, SessionManagerBuilder, SiteData, Transport,
};

use crate::common::{self, Browser, at, key, noise, ring, split_manager};

const BLOB: Attribute<Vec<u8>> = Attribute::new("blob");

fn presets() -> [Budget; 4] {
    [
        Budget::portable(),
        Budget::within_8k(),
        Budget::within_16k(),
        Budget::direct(),
    ]
}

#[test]
fn a_large_session_within_budget_is_warned_of_to_the_byte() {
    // The size of what is written does not depend on the warning.
    let bytes = {
        let manager = split_manager();
        let session = Browser::default().open(&manager, at(0));
        session.insert(BLOB, noise(2_500, 3)).unwrap();
        session.size().unwrap().bytes
    };
    for (warning_limit, wanted) in [(bytes - 1, true), (bytes, false)] {
        let warned = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
        let log = std::sync::Arc::clone(&warned);
        let manager = SessionManager::builder("session", ring())
            .budget(Budget::within_8k().with_warning_limit(warning_limit))
            .on_event(move |event, _| {
                if let Event::NearBudget {
                    bytes,
                    warning_limit,
                    allowed,
                    largest,
                    cure,
                    ..
                } = event
                {
                    log.lock().unwrap().push((*bytes, *warning_limit));
                    assert_eq!(*allowed, 6_500);
                    assert_eq!(largest.as_ref().unwrap().name, BLOB.name());
                    assert!(cure.contains("`Budget::within_16k`"), "{cure}");
                }
            })
            .build()
            .unwrap();
        let mut browser = Browser::default();
        browser.visit(&manager, at(1), |session| {
            session.insert(BLOB, noise(2_500, 3)).unwrap()
        });
        let wanted = wanted.then_some((bytes, warning_limit));
        assert_eq!(warned.lock().unwrap().first().copied(), wanted);
    }
    assert_eq!(Budget::within_8k().warning_limit(), 5_200);
}

#[test]
fn every_preset_is_filled_to_its_last_byte() {
    for budget in presets() {
        let manager = SessionManager::builder("session", ring())
            .budget(budget)
            .build()
            .unwrap();
        let limit = Browser::default()
            .open(&manager, at(0))
            .size()
            .unwrap()
            .budget
            .total_limit();
        let fits = |length: usize| {
            let session = Browser::default().open(&manager, at(0));
            let stored = session.insert(BLOB, noise(length, 5));
            // What does not fit by itself is refused at once.
            let cookies = session.size().unwrap().lines.len();
            assert_eq!(stored.is_ok(), cookies > 0);
            stored.is_ok()
        };
        let most = (1..30_000)
            .collect::<Vec<_>>()
            .partition_point(|length| fits(*length));
        assert!(fits(most) && !fits(most + 1));
        let mut browser = Browser::default();
        let session = browser.open(&manager, at(0));
        session.insert(BLOB, noise(most, 5)).unwrap();
        let lines = browser.close(&manager, &session, at(0)).unwrap();
        let total: usize = lines.iter().map(String::len).sum();
        assert!(lines.iter().all(|line| line.len() <= budget.line_limit()));
        assert!(lines.len() <= budget.cookie_limit() && total <= limit);
        // Padding to 32 bytes is 43 characters, and a further cookie some 70.
        assert!(total + 43 + 75 > limit, "{total} of {budget:?}");
        browser.visit(&manager, at(1), |session| {
            assert_eq!(session.get(BLOB).unwrap(), Some(noise(most, 5)));
        });
    }
}

/// Data that fits in each preset, as `Budget` documents it, and what a session of it costs.
#[test]
fn the_size_model_holds() {
    for (budget, data) in [
        (Budget::portable(), 1_833),
        (Budget::within_8k(), 4_681),
        (Budget::within_16k(), 8_777),
        (Budget::direct(), 26_504),
    ] {
        let builder = SessionManager::builder("session", ring()).budget(budget);
        let manager = builder.build().unwrap();
        // Name, flags, schema, a print and three lengths, of which postcard writes one.
        let overhead = |bytes: usize| match bytes {
            0..128 => 11,
            128..16_384 => 13,
            _ => 15,
        };
        let session = Browser::default().open(&manager, at(0));
        let fits = |data: usize| session.insert(BLOB, noise(data - overhead(data), 5));
        assert!(
            fits(data).is_ok() && fits(data + 1).is_err(),
            "{data}: {:?}",
            fits(data + 1)
        );
        let lengths = [
            11, 50, 81, 82, 83, 105, 106, 113, 114, 140, 200, 1_000, data,
        ];
        let cases = lengths
            .iter()
            .flat_map(|n| [0, 1, 20, 128].map(|subject| (*n, subject)));
        for (n, subject) in cases {
            for renewed in [0, 8] {
                let session = Browser::default().open(&manager, at(0));
                if subject > 0 {
                    session.sign_in(&"s".repeat(subject), &[]).unwrap();
                }
                if session.insert(BLOB, noise(n - overhead(n), 5)).is_err() {
                    continue;
                }
                if renewed > 0 {
                    session.renew().unwrap();
                }
                let Ok(size) = session.size() else { continue };
                let head = match n {
                    0..128 => 14,
                    128..16_384 => 15,
                    _ => 16,
                };
                let signed_in = match subject {
                    0 => 0,
                    1..128 => subject + 1,
                    _ => subject + 2,
                };
                let payload = (n + head + signed_in + renewed).next_multiple_of(32);
                let value = ((payload + 49) * 4).div_ceil(3);
                let cookies = match size.lines.len() {
                    1 => 55,
                    several => 57 * several - 2 + 4 * several + 1,
                };
                assert_eq!(
                    size.bytes,
                    value + cookies,
                    "{n} bytes, subject of {subject}, {renewed} for a renewal"
                );
            }
        }
    }
}

/// As `Budget` documents it. Whoever has the cookie can read it, so there is no length to blur.
#[test]
fn what_is_signed_is_not_padded() {
    let builder = SessionManager::builder("session", ring()).format(Format::Signed);
    let manager = builder.build().unwrap();
    for data in 11..80 {
        let session = Browser::default().open(&manager, at(0));
        session.insert(BLOB, noise(data - 11, 5)).unwrap();
        let value = ((data + 14 + 25) * 4).div_ceil(3);
        assert_eq!(session.size().unwrap().bytes, value + 55, "{data}");
    }
}

/// The half of the id that a first renewal adds has its room from the beginning.
#[test]
fn a_session_that_fills_its_budget_can_be_renewed() {
    let formats = [Format::Encrypted, Format::Signed];
    let policies = [Compression::Off, Compression::Auto];
    let all = presets().into_iter().flat_map(|budget| {
        let pairs = formats.map(|format| policies.map(|policy| (budget, format, policy)));
        pairs.into_iter().flatten()
    });
    for (budget, format, policy) in all {
        let builder = SessionManager::builder("session", ring()).format(format);
        let manager = builder.budget(budget).compression(policy).build().unwrap();
        let open = |length: usize| {
            let session = Browser::default().open(&manager, at(0));
            // Letters of an alphabet of sixteen: a policy that compresses has something to choose, and the largest
            // budget is full before the ceiling is reached.
            let letters = noise(length, 7).into_iter().map(|byte| byte & 15);
            session
                .insert(BLOB, letters.collect())
                .and_then(|()| session.size())
                .map(|_| session)
        };
        let lengths: Vec<usize> = (1..60_000).collect();
        let most = lengths.partition_point(|length| open(*length).is_ok());
        // Around the edge, because a compressor's output does not grow evenly.
        let case = format!("{budget:?}, {format:?}, {policy:?}");
        let mut fit = 0;
        for session in (most - 40..most + 40).filter_map(|length| open(length).ok()) {
            session.renew().unwrap();
            assert!(common::commit(&manager, &session, at(0)).is_ok(), "{case}");
            fit += 1;
        }
        assert!((1..80).contains(&fit), "{case}: {fit} of 80 fit");
    }
}

#[test]
fn what_is_left_fits_and_not_much_more() {
    let other = Attribute::<Vec<u8>>::new("other");
    let persistent = persistent();
    let words = "some words that compress, some words that compress, some words that do";
    // Letters of an alphabet of two, which only DEFLATE shortens.
    let letters: String = noise(12_000, 3)
        .into_iter()
        .map(|byte| char::from(b'a' + (byte & 1)))
        .collect();
    for (budget, lifetime, text, less) in [
        (Budget::within_8k(), Lifetime::new(), "", 0),
        (Budget::within_8k(), Lifetime::new(), words, 40),
        (Budget::direct(), Lifetime::new(), words, 40),
        (Budget::portable(), persistent, "", 0),
        (Budget::direct(), persistent, "", 0),
        (
            Budget::within_8k(),
            Lifetime::new(),
            letters.as_str(),
            6_500 * 7 / 100,
        ),
    ] {
        let builder = SessionManager::builder("session", ring()).budget(budget);
        let manager = builder.lifetime(lifetime).build().unwrap();
        for used in [0, 100, 1_000] {
            let open = || {
                let session = Browser::default().open(&manager, at(0));
                if used > 0 {
                    session.insert(BLOB, noise(used, 5)).unwrap();
                }
                if !text.is_empty() {
                    session.insert("text", text).unwrap();
                }
                session
            };
            let session = open();
            let room = session.size().unwrap().room;
            let fits = |bytes: usize| {
                let session = open();
                let stored = session.insert(other, noise(bytes - 14, 6));
                stored.and_then(|()| session.size()).is_ok()
            };
            let case = format!(
                "{room} beside {used} and {} of text in {budget:?}",
                text.len()
            );
            assert!(fits(room - less), "{case}");
            assert!(!fits(room + room / 200 + 100), "{case}");
        }
    }
}

/// The policy of cookies that outlive the browser.
fn persistent() -> Lifetime {
    Lifetime::new()
        .with_idle_timeout(Duration::from_secs(1_800))
        .with_persistence(Persistence::Always)
}

/// What is stored can be sent, whatever the cookies' attributes.
#[test]
fn an_insert_counts_the_attributes_that_the_cookies_will_have() {
    for budget in presets() {
        let manager = SessionManager::builder("session", ring())
            .budget(budget)
            .lifetime(persistent())
            .build()
            .unwrap();
        let most = (1..30_000).collect::<Vec<_>>().partition_point(|length| {
            let session = Browser::default().open(&manager, at(0));
            session.insert(BLOB, noise(*length, 5)).is_ok()
        });
        let session = Browser::default().open(&manager, at(0));
        session.insert(BLOB, noise(most, 5)).unwrap();
        assert!(
            common::commit(&manager, &session, at(0)).is_ok(),
            "{budget:?}"
        );
    }
}

/// The bytes of all lines that a response is given, as they stand in it.
fn head(changes: &[HeaderChange]) -> usize {
    let lines = changes.iter().map(|change| match change.value() {
        "" if !change.is_secret() => 0, // a removal
        value => format!("{}: {value}\r\n", change.name()).len(),
    });
    lines.sum()
}

/// Every configuration that adds lines, each with the longest session that fits.
#[test]
fn a_limited_head_is_kept_whatever_else_is_in_it() {
    let keys = |count: u8| {
        let more = (2..=count).map(key);
        more.fold(ring(), |ring, key| ring.accept(key).unwrap())
    };
    let former = || CookieSpec::exact("sid").domain("shop.example").path("/");
    let scope = || Scope::new().path("/shop");
    type Configure = fn(SessionManagerBuilder) -> SessionManagerBuilder;
    let remember: Configure = |b| b.lifetime(persistent());
    let links: Configure = |b| {
        let lifetime = Lifetime::new().with_idle_timeout(Duration::from_secs(600));
        b.transport(Transport::url_that_leaks("s").or_cookie())
            .lifetime(lifetime)
    };
    let table: [(&str, u8, bool, bool, Configure); 9] = [
        ("plain", 1, false, false, |b| b),
        ("four keys", 4, false, false, |b| b),
        ("twelve keys", 12, true, false, |b| b),
        ("a former cookie", 4, true, false, |b| b),
        ("a former scope", 4, true, true, |b| b),
        ("for a year", 4, true, true, remember),
        ("or a field", 4, true, false, |b| {
            b.transport(Transport::header("x-session").or_cookie())
        }),
        ("or links", 4, true, false, links),
        ("clearing", 4, true, true, |b| {
            b.clear_site_data([SiteData::Cache, SiteData::Storage])
        }),
    ];
    for (case, count, is_renamed, is_moved, configure) in table {
        let build = |budget| {
            let own = CookieSpec::exact("own-session");
            let mut builder = SessionManager::builder(own, keys(count)).budget(budget);
            builder = match is_renamed {
                true => builder.former_cookie(former()),
                false => builder,
            };
            builder = match is_moved {
                true => builder.former_scope(scope()),
                false => builder,
            };
            configure(builder).build().unwrap()
        };
        let manager = build(Budget::portable());
        let limit = Budget::portable().head_limit().unwrap();

        // All that a browser may bring: an own session with a touch and left-over chunks, tombstones, and
        // as much under the former name.
        let mut browser = Browser::default();
        browser.visit(&manager, at(0), |session| session.insert("a", 1).unwrap());
        browser.visit(&manager, at(400), |session| {
            assert_eq!(session.get::<u8>("a").unwrap(), Some(1));
        });
        let mut came = vec![browser.line()];
        for name in ["own-session", "sid"] {
            came.extend((1..=8).map(|at| format!("{name}.{at}=rest")));
            let tombstones: String = (0..8)
                .map(|at| format!("BAAAA{at}{}", "A".repeat(22)))
                .collect();
            came.push(format!("{name}.x={tombstones}"));
        }
        came.push(format!("sid.t=A{0}; sid=A{0}", "A".repeat(27)));
        let came = came.join("; ");
        let open = || manager.load(RequestHead::new([came.as_bytes()]), at(401));
        let sent = |session: &Session| {
            let changes = manager
                .commit(session, ResponseHead::new(303), at(401))
                .unwrap();
            head(&changes)
        };

        let room = open().size().unwrap().room;
        let most = (1..=room).rev().find(|length| {
            let session = open();
            session.sign_in("Ada", &[]).unwrap();
            session.insert(BLOB, noise(*length, 5)).is_ok() && session.size().is_ok()
        });
        let session = open();
        session.sign_in("Ada", &[]).unwrap();
        session.insert(BLOB, noise(most.unwrap(), 5)).unwrap();
        let bytes = sent(&session);
        assert!(bytes <= limit, "{case}: {bytes}");
        // The room is not wasted either: that of eight tombstones, a touch, the padding.
        let idle = if is_renamed { 900 } else { 420 };
        assert!(bytes + idle > limit, "{case}: {bytes}");

        let session = open();
        session.destroy().unwrap();
        let bytes = sent(&session);
        assert!(bytes <= limit, "{case}: {bytes} at a sign-out");
    }
}

#[test]
fn a_session_that_does_not_fit_names_the_next_budget_and_the_setting_that_it_needs() {
    let table: [(Budget, &[&str]); 4] = [
        (
            Budget::default(),
            &["Budget::within_8k", "nginx", "proxy_buffer_size 8k"],
        ),
        (
            Budget::within_8k(),
            &[
                "Budget::within_16k",
                "LimitRequestFieldSize",
                "large_client_header_buffers",
            ],
        ),
        (Budget::within_16k(), &["Budget::direct", "without a proxy"]),
        (Budget::direct(), &["no larger `Budget`"]),
    ];
    for (budget, wanted) in table {
        let builder = SessionManager::builder("session", ring()).budget(budget);
        let manager = builder.build().unwrap();
        let session = Browser::default().open(&manager, at(0));
        let text = session
            .insert(BLOB, noise(30_000, 5))
            .unwrap_err()
            .to_string();
        for part in wanted {
            assert!(text.contains(part), "{text}");
        }
    }
}

#[test]
fn a_limited_head_says_what_takes_the_room() {
    let manager = SessionManager::builder("session", ring())
        .budget(Budget::portable())
        .build()
        .unwrap();
    let session = Browser::default().open(&manager, at(0));
    let error = session.insert(BLOB, noise(3_000, 5)).unwrap_err();
    let sizes = error.sizes().unwrap();
    assert_eq!(sizes.allowed + sizes.reserved, 3_072);
    let wanted = format!(
        "more than the budget of {}, which keeps {} bytes of a response head for what stands beside it",
        sizes.allowed, sizes.reserved
    );
    assert!(error.to_string().contains(&wanted), "{error}");

    let cramped = Budget::portable().with_head_limit(500);
    let builder = SessionManager::builder("session", ring()).budget(cramped);
    let error = builder.build().unwrap_err().to_string();
    assert!(
        error.contains("of the 500 bytes of a response head"),
        "{error}"
    );
    // Sessions without a limited head are not concerned.
    assert_eq!(
        Browser::default()
            .open(&split_manager(), at(0))
            .size()
            .unwrap()
            .reserved,
        0
    );
}
