//! Sessions that fit in no cookie, in an application, on two nodes: what is stored, and what becomes of a visitor when the
//! store fails.

use std::time::{Duration, Instant};

use axum::http::StatusCode;
use sealed_session::{Key, KeyRing};

use crate::proxy::Proxy;
use crate::server::Server;
use crate::shop::{Browser, LARGE, MUCH, Shop, text};

/// A store, two nodes, and a visitor who has a draft.
async fn start() -> (Server, [Shop; 2], Browser) {
    start_with(Duration::from_secs(1)).await
}

async fn start_with(limit: Duration) -> (Server, [Shop; 2], Browser) {
    let server = Server::start();
    let ring = KeyRing::new(Key::generate().unwrap());
    let node = || Shop::new(&server.store().with_limit(limit), ring.clone());
    let nodes = [node(), node()];
    let browser = Browser::default();
    nodes[0].post(&browser, "/draft/1").await;
    (server, nodes, browser)
}

/// The keys of what is stored.
fn kept(server: &Server) -> Vec<String> {
    server.run(&["KEYS", "{shop}:overflow:*"])
}

/// For how many seconds these are kept, the longest first.
fn times(server: &Server) -> Vec<i64> {
    let kept = kept(server);
    let mut times: Vec<i64> = kept.iter().map(|key| server.run(&["TTL", key])).collect();
    times.sort_unstable_by_key(|time| -time);
    times
}

#[tokio::test]
async fn a_session_of_300_kb_is_the_same_on_every_node() {
    let (server, [one, other], browser) = start().await;
    one.post(&browser, "/draft/100").await;
    assert_eq!(one.look(&browser).await, "guest 100");
    assert_eq!(other.look(&browser).await, "guest 100");
    assert!(browser.cookies().len() < 300, "{}", browser.cookies());

    let sizes = kept(&server);
    let sizes = sizes.iter().map(|key| server.run(&["STRLEN", key]));
    let sizes: Vec<usize> = sizes.collect();
    let large = sizes.iter().max().unwrap();
    assert!((LARGE - 1_000..LARGE + 300).contains(large), "{sizes:?}");
}

#[tokio::test]
async fn a_session_is_kept_as_long_as_it_may_live_and_what_was_written_over_for_an_hour() {
    let (server, [one, other], browser) = start().await;
    // For the absolute lifetime, and what clocks may differ by.
    let [time] = times(&server)[..] else {
        panic!("there is one")
    };
    assert!((43_300..=43_320).contains(&time), "{time}");

    let tab = browser.clone();
    other.post(&browser, "/draft/2").await;
    assert_eq!(one.look(&browser).await, "guest 2");
    assert_eq!(one.look(&tab).await, "guest 1");
    let [new, former] = times(&server)[..] else {
        panic!("there are two")
    };
    assert!((3_580..=3_600).contains(&former), "{former}");
    assert!(new > 43_000, "{new}");

    // A session that is small again is whole in its cookie.
    one.post(&browser, "/small").await;
    assert_eq!(other.look(&browser).await, "guest none");
    assert!(times(&server).iter().all(|time| *time <= 3_600));
}

#[tokio::test]
async fn a_sign_in_and_a_sign_out_end_every_copy_in_the_store() {
    let (server, [one, other], browser) = start().await;
    let guest = browser.clone();
    one.post(&browser, "/sign-in").await;
    assert_eq!(other.look(&browser).await, "alice-the-subject 1");
    assert_eq!(kept(&server).len(), 1, "what the guest had is gone");
    assert_eq!(other.look(&guest).await, "missing");

    let copy = browser.clone();
    assert_eq!(other.look(&copy).await, "alice-the-subject 1");
    one.post(&browser, "/sign-out").await;
    assert_eq!(kept(&server), Vec::<String>::new());
    for node in [&one, &other] {
        assert_eq!(node.look(&copy).await, "missing");
    }
}

#[tokio::test]
async fn of_two_tabs_the_answer_that_arrives_last_stays() {
    let (_server, [one, other], browser) = start().await;
    for round in 1..=3 {
        let (first, second) = (browser.clone(), browser.clone());
        let (a, b) = (format!("/draft/{round}1"), format!("/draft/{round}2"));
        tokio::join!(one.post(&first, &a), other.post(&second, &b));
        // Each answer is a session of its own, whichever the browser keeps.
        assert_eq!(other.look(&first).await, format!("guest {round}1"));
        assert_eq!(one.look(&second).await, format!("guest {round}2"));
    }
}

#[tokio::test]
async fn a_full_store_costs_a_visitor_the_change_and_nothing_else() {
    let (server, [one, other], browser) = start().await;
    let before = browser.cookies();
    let used: String = server.run(&["INFO", "memory"]);
    let used = used
        .lines()
        .find_map(|line| line.strip_prefix("used_memory:"))
        .unwrap();
    let () = server.run(&["CONFIG", "SET", "maxmemory", used]);
    let (status, body) = one.send(&browser, "POST", "/draft/2").await;
    assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR, "{body}");
    assert_eq!(browser.cookies(), before);
    let failures = one.failures();
    assert_eq!(failures.len(), 1, "{failures:?}");
    assert!(
        failures[0].starts_with("put: ") && failures[0].ends_with("give it more memory"),
        "{failures:?}"
    );
    assert_eq!(other.look(&browser).await, "guest 1");
    // A session that fits in its cookie asks nobody.
    let guest = Browser::default();
    one.post(&guest, "/sign-in").await;
    assert_eq!(other.look(&guest).await, "alice-the-subject none");

    let () = server.run(&["CONFIG", "SET", "maxmemory", "0"]);
    one.post(&browser, "/draft/2").await;
    assert_eq!(other.look(&browser).await, "guest 2");
}

#[tokio::test]
async fn a_store_that_hangs_or_is_down_keeps_nobody_waiting_and_signs_nobody_out() {
    let limit = Duration::from_millis(300);
    let (mut server, [one, other], browser) = start_with(limit).await;
    let before = browser.cookies();
    let fails = async |what: &str| {
        // Each of these waits for one answer. The slack is for builds that are not optimised.
        let begun = Instant::now();
        let in_time = |waits: u32| {
            let (took, slack) = (begun.elapsed(), Duration::from_millis(900));
            assert!(took < limit * waits + slack, "{what}: {took:?}");
        };
        assert_eq!(one.look(&browser).await, "not_fetched", "{what}");
        in_time(1);
        // A handler that would begin a session in place of the visitor's.
        let (status, body) = one.send(&browser, "POST", "/draft/2").await;
        assert!(status.is_server_error(), "{what}: {status} {body}");
        // One that has nothing to lose.
        let guest = Browser::default();
        let (status, body) = one.send(&guest, "POST", "/draft/3").await;
        assert!(status.is_server_error(), "{what}: {status} {body}");
        assert_eq!(guest.cookies(), "", "{what}");
        in_time(3);
        assert_eq!(browser.cookies(), before, "{what}");
        let told = one.failures().join("; ");
        assert!(told.contains("get: ") && told.contains("put: "), "{told}");
        assert!(
            told.contains("127.0.0.1:") && !told.contains("password"),
            "{told}"
        );
    };
    server.freeze();
    fails("hangs").await;
    server.thaw();
    assert_eq!(one.look(&browser).await, "guest 1");
    assert_eq!(other.look(&browser).await, "guest 1");

    server.kill();
    fails("is down").await;
    // It comes back with nothing.
    server.restart();
    assert_eq!(one.look(&browser).await, "missing");
    one.post(&browser, "/draft/4").await;
    assert_eq!(other.look(&browser).await, "guest 4");
}

#[tokio::test]
async fn a_connection_that_breaks_before_the_answer_costs_a_visitor_nothing() {
    let server = Server::start();
    let proxy = Proxy::start(server.port());
    let ring = KeyRing::new(Key::generate().unwrap());
    let shop = Shop::new(&server.store_at(proxy.port()), ring);
    let browser = Browser::default();
    for (at, command) in ["SET", "GET", "EXPIRE", "DEL"].into_iter().enumerate() {
        proxy.lose_answers_of(command, 1);
        match command {
            "DEL" => shop.post(&browser, "/sign-out").await,
            _ => shop.post(&browser, &format!("/draft/{at}")).await,
        }
        assert_eq!(proxy.lost(), at + 1, "{command}");
        if command != "DEL" {
            assert_eq!(
                shop.look(&browser).await,
                format!("guest {at}"),
                "{command}"
            );
        }
    }
    assert!(times(&server).iter().all(|time| *time <= 3_600));
    assert_eq!(shop.failures(), Vec::<String>::new());
}

#[tokio::test]
async fn what_the_store_has_lost_is_no_session() {
    let (server, [one, other], browser) = start().await;
    let () = server.run(&["FLUSHALL"]);
    assert_eq!(one.look(&browser).await, "missing");
    assert_eq!(other.look(&browser).await, "missing");
}

#[tokio::test]
async fn a_node_with_another_ring_reads_nothing() {
    let (server, _, browser) = start().await;
    let stranger = Shop::new(&server.store(), KeyRing::new(Key::generate().unwrap()));
    assert_eq!(stranger.look(&browser).await, "unknown_key");
}

#[tokio::test]
async fn the_store_alone_reveals_nothing() {
    let (server, [one, _], browser) = start().await;
    one.post(&browser, "/sign-in").await;
    one.post(&browser, "/draft/2").await;
    let keys: Vec<String> = server.run(&["KEYS", "*"]);
    assert_eq!(
        keys.len(),
        2,
        "the session, and what it was written over: {keys:?}"
    );
    let mut all = Vec::new();
    for key in &keys {
        all.extend_from_slice(key.as_bytes());
        all.extend(server.run::<Vec<u8>>(&["GET", key]));
    }
    assert!(all.len() > 2 * MUCH);
    let cookies = browser.cookies();
    let token = cookies.split_once('=').unwrap().1;
    let known = [
        "draft",
        "plain-text",
        "alice",
        "subject",
        &text(2)[30..60],
        &text(1)[20_000..20_030],
        &token[..20],
    ];
    for known in known {
        let is_there = all
            .windows(known.len())
            .any(|window| window == known.as_bytes());
        assert!(!is_there, "{known}");
    }
    // The same content is other bytes, under another name.
    let twin = Browser::default();
    one.post(&twin, "/draft/2").await;
    let new: Vec<String> = server.run(&["KEYS", "*"]);
    let new: Vec<&String> = new.iter().filter(|key| !keys.contains(key)).collect();
    let bytes: Vec<u8> = server.run(&["GET", new[0]]);
    for key in &keys {
        let other: Vec<u8> = server.run(&["GET", key]);
        let same = bytes.iter().zip(&other).filter(|(a, b)| a == b).count();
        assert!(
            same < bytes.len() / 100,
            "{same} of {} bytes are alike",
            bytes.len()
        );
    }
}
