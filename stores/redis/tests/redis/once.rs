//! Things that count once: one caller is the first, whatever the nodes, the connections and the store do.

use std::time::{Duration, Instant};

use sealed_session::once::OnceOnly;
use sealed_session::ticket::Purpose;
use sealed_session::{Key, KeyRing, SessionManager};
use sealed_session_redis::{Claim, Error, Once, RedisStore};
use tokio::task::JoinSet;

use crate::node::now;
use crate::proxy::Proxy;
use crate::server::Server;

/// A node of an application that sends links.
#[derive(Clone)]
struct Sender {
    manager: SessionManager,
    once: Once,
}

impl Sender {
    fn new(store: &RedisStore, ring: KeyRing) -> Sender {
        Sender {
            manager: SessionManager::new("shop", ring).unwrap(),
            once: store.once(),
        }
    }

    /// A link that was issued a minute ago.
    fn link(&self, link: &str) -> OnceOnly {
        let issued = now() - Duration::from_secs(60);
        let end = issued + Duration::from_secs(900);
        self.manager
            .once_only("sign-in link", link, issued..end, now())
    }

    async fn claim(&self, link: &str) -> Result<Claim, Error> {
        self.once.claim(&self.link(link)).await
    }
}

fn ring(keys: &[&Key]) -> KeyRing {
    let ring = KeyRing::new(keys[0].clone());
    let add = |ring: KeyRing, key: &&Key| ring.accept((*key).clone()).unwrap();
    keys[1..].iter().fold(ring, add)
}

fn new_ring() -> KeyRing {
    KeyRing::new(Key::generate().unwrap())
}

/// Makes a store remember for an hour already.
pub(crate) async fn remember_for_an_hour(server: &Server) {
    server.store().once().remember().await.unwrap();
    let kept: String = server.run(&["GET", "{shop}:once"]);
    let (_, course) = kept.split_once(' ').unwrap();
    let since = now().unix_timestamp() - 3_600;
    let () = server.run(&["SET", "{shop}:once", &format!("{since} {course}")]);
}

/// A server that remembers for an hour already, and a node.
async fn start() -> (Server, Sender) {
    start_with(&[]).await
}

async fn start_with(settings: &[&str]) -> (Server, Sender) {
    let server = Server::start_with(settings);
    remember_for_an_hour(&server).await;
    let sender = Sender::new(&server.store(), new_ring());
    (server, sender)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_hundred_callers_on_two_nodes_one_is_the_first() {
    let server = Server::start();
    remember_for_an_hour(&server).await;
    let ring = new_ring();
    let nodes = [
        Sender::new(&server.store(), ring.clone()),
        Sender::new(&server.store(), ring),
    ];
    for link in ["one", "other"] {
        let mut callers = JoinSet::new();
        for caller in 0..100 {
            let node = nodes[caller % 2].clone();
            callers.spawn(async move { node.claim(link).await.unwrap() });
        }
        let claims = callers.join_all().await;
        let count = |wanted| claims.iter().filter(|claim| **claim == wanted).count();
        assert_eq!((count(Claim::First), count(Claim::Again)), (1, 99));
    }
    // Each node has one connection, whatever comes at once, and the one that looks is the third.
    let clients: String = server.run(&["CLIENT", "LIST"]);
    assert_eq!(clients.matches("user=shop").count(), 2, "{clients}");
}

#[tokio::test]
async fn a_ticket_counts_once() {
    const VOUCHER: Purpose<u32> = Purpose::new("voucher", Duration::from_secs(900));
    let (server, sender) = start().await;
    let manager = &sender.manager;
    let issued = now() - Duration::from_secs(60);
    let text = manager.seal_ticket(VOUCHER, &500, issued).unwrap();
    let claim = async |once: &Once| {
        let ticket = manager.open_ticket(VOUCHER, &text, now()).unwrap();
        once.claim(&ticket.once(manager, now())).await.unwrap()
    };
    assert_eq!(claim(&sender.once).await, Claim::First);
    assert_eq!(claim(&server.store().once()).await, Claim::Again);
    // Another ticket with the same value is another thing.
    let other = manager.seal_ticket(VOUCHER, &500, issued).unwrap();
    let other = manager.open_ticket(VOUCHER, other, now()).unwrap();
    let claimed = sender.once.claim(&other.once(manager, now())).await;
    assert_eq!(claimed.unwrap(), Claim::First);
}

#[tokio::test]
async fn a_thing_counts_once_while_the_keys_change() {
    let (server, _) = start().await;
    let [old, new, next] = [0; 3].map(|_| Key::generate().unwrap());
    let node = |keys: &[&Key]| Sender::new(&server.store(), ring(keys));
    let (before, between) = (node(&[&old]), node(&[&new, &old]));
    let (after, other_order) = (node(&[&next, &new]), node(&[&old, &new]));
    assert_eq!(before.claim("1").await.unwrap(), Claim::First);
    assert_eq!(other_order.claim("1").await.unwrap(), Claim::Again);
    assert_eq!(between.claim("1").await.unwrap(), Claim::Again);
    // Its ring has no key of the first use, but one of a later claim.
    assert_eq!(after.claim("1").await.unwrap(), Claim::Again);

    assert_eq!(after.claim("2").await.unwrap(), Claim::First);
    assert_eq!(between.claim("2").await.unwrap(), Claim::Again);
    assert_eq!(before.claim("2").await.unwrap(), Claim::Again);
}

#[tokio::test]
async fn a_lost_answer_does_not_use_a_thing_up() {
    let (server, _) = start().await;
    let proxy = Proxy::start(server.port());
    let sender = Sender::new(&server.store_at(proxy.port()), new_ring());
    assert_eq!(sender.claim("before").await.unwrap(), Claim::First);

    // The store takes the claim, and the connection breaks before it says so.
    proxy.lose_answers_of("EXEC", 1);
    assert_eq!(sender.claim("1").await.unwrap(), Claim::First);
    assert_eq!(proxy.lost(), 1);
    assert_eq!(sender.claim("1").await.unwrap(), Claim::Again);

    // Beyond that it is an error, and the thing is used up in vain.
    proxy.lose_answers_of("EXEC", 2);
    let error = sender.claim("2").await.unwrap_err();
    assert!(error.is_unreachable(), "{error}");
    assert_eq!(proxy.lost(), 3);
    assert_eq!(sender.claim("2").await.unwrap(), Claim::Again);
}

#[tokio::test]
async fn what_was_issued_before_the_store_was_emptied_is_not_known() {
    let (server, sender) = start().await;
    assert_eq!(sender.claim("used").await.unwrap(), Claim::First);
    let () = server.run(&["FLUSHALL"]);
    assert_eq!(sender.claim("used").await.unwrap(), Claim::NotKnown);
    assert_eq!(sender.claim("unused").await.unwrap(), Claim::NotKnown);
    assert!(!sender.claim("used").await.unwrap().is_first());

    // What is issued once the skew is over is known.
    let since = sender.once.remember().await.unwrap();
    let issue = async |after: Duration| {
        let issued = since + after;
        let good = issued..issued + Duration::from_secs(900);
        let thing = sender
            .manager
            .once_only("sign-in link", "new", good, issued);
        sender.once.claim(&thing).await.unwrap()
    };
    assert_eq!(issue(Duration::from_secs(119)).await, Claim::NotKnown);
    let () = server.run(&["DEL", &mark(&sender, "new")]);
    assert_eq!(issue(Duration::from_secs(121)).await, Claim::First);
}

#[tokio::test]
async fn what_was_issued_before_the_server_was_started_again_is_not_known() {
    let (mut server, sender) = start_with(&["appendonly yes"]).await;
    assert_eq!(sender.claim("used").await.unwrap(), Claim::First);
    server.kill();
    server.restart();
    assert!(!sender.claim("used").await.unwrap().is_first());
    assert_eq!(sender.claim("unused").await.unwrap(), Claim::NotKnown);

    // It holds an older state, and says that it remembers.
    remember_for_an_hour(&server).await;
    let () = server.run(&["CONFIG", "SET", "appendonly", "no"]);
    let () = server.run(&["SAVE"]);
    assert_eq!(sender.claim("late").await.unwrap(), Claim::First);
    server.kill();
    server.set("appendonly no");
    server.restart();
    let kept: String = server.run(&["GET", "{shop}:once"]);
    assert!(!kept.is_empty());
    assert_eq!(sender.claim("late").await.unwrap(), Claim::NotKnown);
}

#[tokio::test]
async fn a_server_that_loses_nothing_is_known_after_a_restart() {
    let (mut server, _) = start_with(&["appendonly yes", "appendfsync always"]).await;
    let store = server.store().with_durable_restarts();
    let sender = Sender::new(&store, new_ring());
    assert_eq!(sender.claim("used").await.unwrap(), Claim::First);
    server.kill();
    server.restart();
    assert_eq!(sender.claim("used").await.unwrap(), Claim::Again);
    assert_eq!(sender.claim("unused").await.unwrap(), Claim::First);
    // Others, who do not trust it, follow those who do.
    let other = Sender::new(&server.store(), new_ring());
    assert_eq!(other.claim("unused").await.unwrap(), Claim::First);
}

#[tokio::test]
async fn what_was_issued_before_a_server_evicted_keys_is_not_known() {
    let (server, sender) = start().await;
    assert_eq!(sender.claim("used").await.unwrap(), Claim::First);
    let () = server.run(&["CONFIG", "SET", "maxmemory-policy", "volatile-random"]);
    let () = server.run(&["CONFIG", "SET", "maxmemory", "1mb"]);
    let evicted = || -> bool {
        let info: String = server.run(&["INFO", "stats"]);
        !info.contains("evicted_keys:0\r")
    };
    // The mark is the only key that can go.
    assert!(evicted());
    let () = server.run(&["CONFIG", "SET", "maxmemory", "0"]);
    let mark: Option<String> = server.run(&["GET", &mark(&sender, "used")]);
    assert_eq!(mark, None);
    assert_eq!(sender.claim("used").await.unwrap(), Claim::NotKnown);
}

#[tokio::test]
async fn a_mark_is_kept_until_the_thing_is_over_for_every_clock() {
    let (server, sender) = start().await;
    let link = sender.link("1");
    assert_eq!(sender.once.claim(&link).await.unwrap(), Claim::First);
    let key = mark(&sender, "1");
    let until: i64 = server.run(&["EXPIRETIME", &key]);
    let wanted = (now() + link.kept_for()).unix_timestamp();
    assert!(
        (wanted - 5..=wanted + 1).contains(&until),
        "{until}, {wanted}"
    );
    // A later claim changes nothing.
    assert_eq!(sender.claim("1").await.unwrap(), Claim::Again);
    let later: i64 = server.run(&["EXPIRETIME", &key]);
    assert_eq!(later, until);

    let issued = now() - Duration::from_secs(900);
    let good = issued..issued + Duration::from_secs(899);
    let over = sender.manager.once_only("sign-in link", "2", good, now());
    assert_eq!(sender.once.claim(&over).await.unwrap(), Claim::NotGood);
    let keys: Vec<String> = server.run(&["KEYS", "*"]);
    assert_eq!(keys.len(), 2, "{keys:?}");
}

/// The same as a server whose clock is ahead. By its time of day a mark would be over before it is made.
#[tokio::test]
async fn a_thing_counts_once_at_a_server_whose_clock_is_far_ahead() {
    let (_server, sender) = start().await;
    let here = now() - Duration::from_secs(1_800);
    let good = here..here + Duration::from_secs(900);
    let link = sender.manager.once_only("sign-in link", "1", good, here);
    assert_eq!(sender.once.claim(&link).await.unwrap(), Claim::First);
    assert_eq!(sender.once.claim(&link).await.unwrap(), Claim::Again);
}

#[tokio::test]
async fn nobody_is_the_first_while_the_store_is_down_or_hangs() {
    let (mut server, _) = start().await;
    let limit = Duration::from_millis(300);
    let sender = Sender::new(&server.store().with_limit(limit), new_ring());
    assert_eq!(sender.claim("1").await.unwrap(), Claim::First);
    let fails = async |what: &str| {
        for _ in 0..2 {
            let begun = Instant::now();
            let error = sender.claim("2").await.unwrap_err();
            assert!(error.is_unreachable(), "{what}: {error}");
            let text = format!("{error} {error:?}");
            assert!(text.contains("127.0.0.1:") && !text.contains("password"));
            let took = begun.elapsed();
            assert!(
                took < limit + Duration::from_millis(250),
                "{what}: {took:?}"
            );
        }
    };
    server.freeze();
    fails("hangs").await;
    // Many at once wait no longer than one.
    let begun = Instant::now();
    let mut callers = JoinSet::new();
    for _ in 0..50 {
        let sender = sender.clone();
        callers.spawn(async move { sender.claim("3").await.is_err() });
    }
    assert!(callers.join_all().await.into_iter().all(|failed| failed));
    assert!(
        begun.elapsed() < Duration::from_secs(1),
        "{:?}",
        begun.elapsed()
    );
    server.thaw();
    // What it was asked while it hung was asked in vain or done late.
    assert_eq!(sender.claim("4").await.unwrap(), Claim::First);
    assert!(matches!(sender.claim("4").await.unwrap(), Claim::Again));

    server.kill();
    fails("is down").await;
    server.restart();
    assert_eq!(sender.claim("2").await.unwrap(), Claim::NotKnown);
}

#[tokio::test]
async fn a_full_store_takes_no_claim_and_says_why() {
    let (server, sender) = start().await;
    let () = server.run(&["CONFIG", "SET", "maxmemory", "1"]);
    let error = sender.claim("1").await.unwrap_err();
    assert!(error.is_refused(), "{error}");
    assert!(error.to_string().contains("memory"), "{error}");
    let () = server.run(&["CONFIG", "SET", "maxmemory", "0"]);
    assert_eq!(sender.claim("1").await.unwrap(), Claim::First);
}

#[tokio::test]
async fn a_user_that_may_not_is_told_what_is_missing() {
    let (server, sender) = start().await;
    let () = server.run(&["ACL", "SETUSER", "shop", "-get"]);
    let error = sender.claim("1").await.unwrap_err();
    assert!(error.is_refused(), "{error}");
    assert!(error.to_string().contains("ACL line"), "{error}");
    let () = server.run(&["ACL", "SETUSER", "shop", "+get"]);
    assert_eq!(sender.claim("1").await.unwrap(), Claim::First);
}

#[tokio::test]
async fn the_marks_name_nothing() {
    let (server, sender) = start().await;
    assert_eq!(sender.claim("link-of-alice").await.unwrap(), Claim::First);
    let keys: Vec<Vec<u8>> = server.run(&["KEYS", "*"]);
    assert_eq!(keys.len(), 2);
    for key in keys {
        let key = String::from_utf8(key).unwrap();
        let value: Vec<u8> = server.run(&["GET", &key]);
        let shown = format!("{key} {}", String::from_utf8_lossy(&value));
        assert!(
            !shown.contains("alice") && !shown.contains("sign-in"),
            "{shown}"
        );
    }
    // Another purpose is another thing.
    let good = now() - Duration::from_secs(9)..now() + Duration::from_secs(9);
    let other = sender
        .manager
        .once_only("invitation", "link-of-alice", good, now());
    assert_eq!(sender.once.claim(&other).await.unwrap(), Claim::First);
}

#[test]
fn without_a_runtime_it_is_a_mistake() {
    let store = RedisStore::open("redis://127.0.0.1:1", "shop").unwrap();
    let sender = Sender::new(&store, new_ring());
    let mut claim = std::pin::pin!(sender.claim("1"));
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    let std::task::Poll::Ready(Err(error)) = claim.as_mut().poll(&mut context) else {
        panic!("it waits");
    };
    assert!(
        error.is_configuration() && error.to_string().contains("tokio"),
        "{error}"
    );
}

/// The key of a link's mark under the only key of a ring.
fn mark(sender: &Sender, link: &str) -> String {
    let link = sender.link(link);
    let name: String = link.names()[0]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("{{shop}}:once:{name}")
}
