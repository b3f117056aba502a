//! A store that is down, that hangs, and that comes back.

use std::time::{Duration, Instant};

use sealed_session::Refusal;
use sealed_session::revocation::Target;
use sealed_session_redis::RedisStore;

use crate::detour::{Detour, Manner};
use crate::node::{Node, now, until};
use crate::server::Server;

#[tokio::test]
async fn what_is_revoked_while_the_store_is_down_is_written_when_it_is_back() {
    let mut server = Server::start();
    let (one, other) = (
        Node::start(&server.store()).await,
        Node::start(&server.store()).await,
    );
    let (alice, bob) = (one.sign_in("alice"), one.sign_in("bob"));
    server.kill();
    let error = one.revoke("alice").await.unwrap_err();
    assert!(error.is_unreachable(), "{error}");
    let text = error.to_string();
    assert!(
        text.contains(&format!("127.0.0.1:{}", server.port())),
        "{text}"
    );
    assert!(!text.contains("password"), "{text}");
    // Here it counts at once.
    assert_eq!(one.refusal(&alice), Some(Refusal::Revoked));
    until("the outage", || !one.shared.status().is_connected).await;
    let status = one.shared.status();
    assert!(status.is_behind && status.error.is_some(), "{status:?}");
    // What is known goes on to count, for as long as the manager says.
    assert_eq!((one.refusal(&bob), other.refusal(&alice)), (None, None));

    server.restart();
    other.wait_for(&alice, Some(Refusal::Revoked)).await;
    until("all written", || !one.shared.status().is_behind).await;
    until("a good end", || one.shared.status().error.is_none()).await;
}

#[tokio::test]
async fn a_server_that_hangs_is_noticed_by_the_time_limit() {
    let server = Server::start();
    let store = server.store().with_limit(Duration::from_millis(300));
    let (one, other) = (Node::start(&store).await, Node::start(&store).await);
    let alice = one.sign_in("alice");
    server.freeze();

    let begun = Instant::now();
    let error = one.revoke("alice").await.unwrap_err();
    assert!(error.is_unreachable(), "{error}");
    assert!(
        error.to_string().contains("gave no answer within 300 ms"),
        "{error}"
    );
    assert!(
        begun.elapsed() < Duration::from_secs(1),
        "{:?}",
        begun.elapsed()
    );
    until("the outage", || !one.shared.status().is_connected).await;

    // A node that starts now does not wait for ever either.
    let third = Node::blind(&store, 10);
    let begun = Instant::now();
    let error = third
        .shared
        .caught_up(Duration::from_millis(700))
        .await
        .unwrap_err();
    assert!(error.is_unreachable(), "{error}");
    assert!(begun.elapsed() < Duration::from_secs(2));
    assert_eq!(third.refusal(&alice), Some(Refusal::NotKnown));

    server.thaw();
    for node in [&other, &third] {
        node.wait_for(&alice, Some(Refusal::Revoked)).await;
    }
}

#[tokio::test]
async fn a_revocation_that_is_given_up_half_way_is_written_all_the_same() {
    let server = Server::start();
    let (one, other) = (
        Node::start(&server.store()).await,
        Node::start(&server.store()).await,
    );
    let alice = one.sign_in("alice");
    server.freeze();
    // The visitor goes away.
    let revoke = one.revoke("alice");
    assert!(
        tokio::time::timeout(Duration::from_millis(50), revoke)
            .await
            .is_err()
    );
    assert_eq!(one.refusal(&alice), Some(Refusal::Revoked));
    server.thaw();
    other.wait_for(&alice, Some(Refusal::Revoked)).await;
}

#[tokio::test]
async fn a_node_that_starts_before_its_server_catches_up_when_that_is_there() {
    let mut server = Server::start();
    server.kill();
    let one = Node::blind(&server.store(), 100);
    let error = one
        .shared
        .caught_up(Duration::from_millis(200))
        .await
        .unwrap_err();
    assert!(error.is_unreachable(), "{error}");
    server.restart();
    one.shared.caught_up(Duration::from_secs(5)).await.unwrap();
    assert!(one.shared.status().is_connected);
}

#[tokio::test]
async fn the_task_ends_with_the_last_who_looks() {
    let server = Server::start();
    let Node { manager, shared } = Node::start(&server.store()).await;
    let users = || {
        let list: String = server.run(&["CLIENT", "LIST"]);
        list.matches("user=shop").count()
    };
    assert_eq!(users(), 1);
    drop(shared);
    tokio::time::sleep(Duration::from_millis(700)).await;
    assert_eq!(users(), 1, "a manager looks");
    drop(manager);
    until("the end", || users() == 0).await;
}

#[tokio::test]
async fn however_many_wait_for_a_server_that_hangs_none_waits_longer() {
    let server = Server::start();
    let store = server.store().with_limit(Duration::from_millis(300));
    let node = Node::start(&store).await;
    server.freeze();
    let begun = Instant::now();
    let tasks: Vec<_> = (0..20)
        .map(|number| {
            let (shared, now) = (node.shared.clone(), now());
            let name = format!("user-{number}");
            let all = node.manager.revocations_of(Target::Subject(&name), now);
            tokio::spawn(async move { shared.revoke(all, now).await.unwrap_err() })
        })
        .collect();
    for task in tasks {
        let error = task.await.unwrap();
        assert!(error.is_unreachable(), "{error}");
    }
    // Twenty turns of 300 ms, one after the other, are 6 s.
    let elapsed = begun.elapsed();
    assert!(elapsed < Duration::from_secs(2), "{elapsed:?}");
}

#[tokio::test]
async fn a_connection_that_takes_longer_than_a_write_may_is_made_all_the_same() {
    let server = Server::start();
    let detour = Detour::start(server.port()).await;
    let url = format!("redis://shop:password@127.0.0.1:{}/0", detour.port());
    let store = RedisStore::open(&url, "shop").unwrap();
    let node = Node::start(&store.with_limit(Duration::from_millis(500))).await;
    // The password, a question who the server is, and the write: each within the limit, and not all of them.
    detour.set(Manner::Late(Duration::from_millis(200)));
    let begun = Instant::now();
    while node.revoke("alice").await.is_err() {
        assert!(begun.elapsed() < Duration::from_secs(5), "no connection");
    }
}

#[tokio::test]
async fn a_connection_that_was_closed_meanwhile_costs_no_error() {
    let server = Server::start();
    let node = Node::start(&server.store()).await;
    node.revoke("alice").await.unwrap();
    // As a firewall does with what is idle.
    let _: usize = server.run(&["CLIENT", "KILL", "TYPE", "normal"]);
    node.revoke("bob").await.unwrap();
}

#[test]
fn a_node_whose_runtime_has_ended_says_that_nobody_reads() {
    let runtime = || tokio::runtime::Runtime::new().unwrap();
    let server = Server::start();
    let first = runtime();
    let node = first.block_on(Node::start(&server.store()));
    assert!(node.shared.status().error.is_none());
    drop(first);
    let status = node.shared.status();
    assert!(!status.is_connected && status.error.is_some(), "{status:?}");
    let limit = Duration::from_millis(10);
    let error = runtime().block_on(node.shared.caught_up(limit));
    assert!(error.unwrap_err().to_string().contains("nobody reads"));
}
