//! Nodes without room, and entries that no node writes.

use std::time::Duration;

use sealed_session::Refusal;

use crate::node::{Node, until};
use crate::server::Server;

#[tokio::test]
async fn a_node_without_room_is_in_doubt_and_says_so() {
    let server = Server::start();
    let large = Node::start(&server.store()).await;
    let small = Node::blind(&server.store(), 2);
    small
        .shared
        .caught_up(Duration::from_secs(5))
        .await
        .unwrap();
    let zoe = small.sign_in("zoe");
    for name in ["alice", "bob"] {
        large.revoke(name).await.unwrap();
    }
    until("both", || small.shared.status().len == 2).await;
    assert_eq!(small.refusal(&zoe), None);
    let error = small.revoke("carol").await.unwrap_err();
    assert!(
        error.is_full() && error.to_string().contains("is full"),
        "{error}"
    );

    large.revoke("dave").await.unwrap();
    small.wait_for(&zoe, Some(Refusal::NotKnown)).await;
    let status = small.shared.status();
    assert_eq!((status.as_of, status.len, status.room), (None, 2, 2));
    assert!(status.is_connected);
    until("the reason", || {
        let error = small.shared.status().error;
        error.is_some_and(|error| error.is_full())
    })
    .await;
    let waited = small.shared.caught_up(Duration::from_millis(100)).await;
    assert!(waited.unwrap_err().is_full());
    // It does not spin.
    let before = server.commands();
    tokio::time::sleep(Duration::from_millis(1_000)).await;
    let commands = server.commands() - before;
    assert!(commands < 60, "{commands} commands in a second");
}

#[tokio::test]
async fn what_no_node_writes_is_passed_over() {
    let server = Server::start();
    let one = Node::start(&server.store()).await;
    let alice = one.sign_in("alice");
    let garbage: [&[&str]; 4] = [
        &["r", "short"],
        &["x", "123456789012345678901234"],
        &["r", "", "r", ""],
        // To be kept until before it was made.
        &["r", "1234567890123456zzzz0000"],
    ];
    for fields in garbage {
        let command = [&["XADD", "{shop}:revocations", "*"], fields].concat();
        let _: String = server.run(&command);
    }
    one.revoke("alice").await.unwrap();
    let other = Node::start(&server.store()).await;
    assert_eq!(other.refusal(&alice), Some(Refusal::Revoked));
    assert!(one.shared.status().as_of.is_some());
}
