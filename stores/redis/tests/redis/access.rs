//! Who may do what at the store, and what an operator is told.

use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use sealed_session::Refusal;
use sealed_session_redis::{Error, RedisStore};

use crate::node::{Node, until};
use crate::server::Server;

#[test]
fn a_bad_url_is_an_error_that_does_not_show_it() {
    let table = [
        ("redis://shop:hunter2@host:port/0", "shop"),
        ("http://shop:hunter2@host", "shop"),
        ("redis://shop:hunter2@", "shop"),
        ("redis://shop:hunter2@host/0/1/2", "shop"),
        ("hunter2", "shop"),
        ("redis://host?protocol=hunter2", "shop"),
        ("rediss://shop:hunter2@host/#insecure", "shop"),
        ("redis://shop:hunter2@host", ""),
        ("redis://shop:hunter2@host", "{shop}"),
        ("redis://shop:hunter2@host", &"x".repeat(65)),
    ];
    for (url, prefix) in table {
        let error = RedisStore::open(url, prefix).unwrap_err();
        assert!(error.is_configuration(), "{url}: {error}");
        assert!(!format!("{error} {error:?}").contains("hunter2"), "{error}");
    }
    let store = RedisStore::open("redis://shop:hunter2@host", "shop").unwrap();
    assert!(!format!("{store:?}").contains("hunter2"));
    let error = store.revocations(10).unwrap_err();
    assert!(
        error.is_configuration() && error.to_string().contains("tokio"),
        "{error}"
    );
}

#[test]
fn outside_of_a_runtime_each_call_is_an_error() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let node = runtime.block_on(async {
        let store = RedisStore::open("redis://127.0.0.1:1", "shop").unwrap();
        Node::blind(&store, 10)
    });
    drop(runtime);
    let mut context = Context::from_waker(Waker::noop());
    let mut poll = |call: Pin<&mut dyn Future<Output = Result<(), Error>>>| {
        let Poll::Ready(Err(error)) = call.poll(&mut context) else {
            panic!("it waits")
        };
        assert!(error.to_string().contains("tokio runtime"), "{error}");
    };
    poll(pin!(node.revoke("alice")));
    poll(pin!(node.shared.caught_up(Duration::from_secs(1))));
}

/// What a node is told that cannot read the store.
async fn refused(store: &RedisStore) -> Error {
    let node = Node::blind(store, 10);
    let error = node
        .shared
        .caught_up(Duration::from_millis(500))
        .await
        .unwrap_err();
    assert!(error.is_refused(), "{error}");
    assert!(!format!("{error} {error:?}").contains("hunter2"), "{error}");
    error
}

#[tokio::test]
async fn a_refusal_says_what_to_do() {
    let server = Server::start();
    let url = |user: &str| format!("redis://{user}:hunter2@127.0.0.1:{}", server.port());

    let error = refused(&RedisStore::open(&url("shop"), "shop").unwrap()).await;
    assert!(
        error
            .to_string()
            .contains("check the user and the password"),
        "{error}"
    );

    let () = server.run(&["ACL", "SETUSER", "few", "on", ">hunter2", "~*", "+info"]);
    let error = refused(&RedisStore::open(&url("few"), "shop").unwrap()).await;
    assert!(error.to_string().contains("ACL line"), "{error}");

    // The user that the README describes has its own keys and no others.
    let error = refused(&RedisStore::open(&server.url(), "other").unwrap()).await;
    assert!(error.to_string().contains("ACL line"), "{error}");
}

#[tokio::test]
async fn a_store_without_memory_refuses_and_is_written_to_later() {
    let server = Server::start();
    let (one, other) = (
        Node::start(&server.store()).await,
        Node::start(&server.store()).await,
    );
    let alice = one.sign_in("alice");
    let () = server.run(&["CONFIG", "SET", "maxmemory", "1"]);
    let error = one.revoke("alice").await.unwrap_err();
    assert!(
        error.is_refused() && error.to_string().contains("more memory"),
        "{error}"
    );
    assert_eq!(one.refusal(&alice), Some(Refusal::Revoked));
    assert!(one.shared.status().is_behind);
    let () = server.run(&["CONFIG", "SET", "maxmemory", "0"]);
    other.wait_for(&alice, Some(Refusal::Revoked)).await;
    until("all written", || !one.shared.status().is_behind).await;
}

#[tokio::test]
async fn the_newer_protocol_and_another_database_serve_as_well() {
    let server = Server::start();
    let () = server.run(&["ACL", "SETUSER", "shop", "+select"]);
    let url = format!(
        "redis://shop:password@127.0.0.1:{}/3?protocol=resp3",
        server.port()
    );
    let store = RedisStore::open(&url, "shop").unwrap();
    let (one, other) = (Node::start(&store).await, Node::start(&store).await);
    let alice = one.sign_in("alice");
    one.revoke("alice").await.unwrap();
    other.wait_for(&alice, Some(Refusal::Revoked)).await;
    assert_eq!(
        server.run::<usize>(&["DBSIZE"]),
        0,
        "nothing is in database 0"
    );
}

#[tokio::test]
async fn a_store_that_takes_nothing_is_read_all_the_same() {
    let server = Server::start();
    let node = Node::start(&server.store()).await;
    let readers = || -> Vec<String> {
        let list: String = server.run(&["CLIENT", "LIST"]);
        let ours = list
            .lines()
            .filter(|line| line.contains("user=shop") && line.contains("cmd=xread"));
        ours.map(|line| line.split(' ').next().unwrap().to_owned())
            .collect()
    };
    until("a reader", || readers().len() == 1).await;
    let before = readers();
    server.run::<()>(&["CONFIG", "SET", "maxmemory", "1"]);
    node.revoke("alice").await.unwrap_err();
    let is_refused = || {
        let error = node.shared.status().error;
        error.is_some_and(|error| error.is_refused())
    };
    until("a refusal", is_refused).await;
    // It tries again, and stays connected.
    tokio::time::sleep(Duration::from_millis(1_200)).await;
    let status = node.shared.status();
    assert!(is_refused() && status.is_connected, "{status:?}");
    until("the same reader", || readers() == before).await;
    server.run::<()>(&["CONFIG", "SET", "maxmemory", "0"]);
    until("all written", || {
        let status = node.shared.status();
        !status.is_behind && status.error.is_none()
    })
    .await;
}

#[tokio::test]
async fn prefixes_are_stores_of_their_own() {
    let server = Server::start();
    let open = |prefix| RedisStore::open(&server.admin_url(), prefix).unwrap();
    let (shop, blog) = (
        Node::start(&open("shop")).await,
        Node::start(&open("blog")).await,
    );
    let alice = shop.sign_in("alice");
    blog.revoke("alice").await.unwrap();
    shop.revoke("bob").await.unwrap();
    let third = Node::start(&open("shop")).await;
    assert_eq!(third.refusal(&alice), None);
    assert_eq!(blog.refusal(&alice), Some(Refusal::Revoked));
    let mut keys: Vec<String> = server.run(&["KEYS", "*"]);
    keys.sort();
    let wanted = [
        "{blog}:about",
        "{blog}:revocations",
        "{shop}:about",
        "{shop}:revocations",
    ];
    assert_eq!(keys, wanted);
}
