//! What one node revokes, all know.

use std::time::{Duration, Instant};

use sealed_session::Refusal;
use time::OffsetDateTime;

use crate::node::Node;
use crate::server::Server;

#[tokio::test]
async fn a_sign_out_on_one_node_holds_on_the_other_within_a_second() {
    let server = Server::start();
    let one = Node::start(&server.store()).await;
    // Otherwise a store counts as one that has lost something in the second in which it begins.
    one.shared
        .trust_since(OffsetDateTime::UNIX_EPOCH)
        .await
        .unwrap();
    let other = Node::start(&server.store()).await;
    let (alice, bob) = (one.sign_in("alice"), one.sign_in("bob"));
    assert_eq!((other.refusal(&alice), other.refusal(&bob)), (None, None));

    let begun = Instant::now();
    one.revoke("alice").await.unwrap();
    assert_eq!(one.refusal(&alice), Some(Refusal::Revoked), "at once here");
    other.wait_for(&alice, Some(Refusal::Revoked)).await;
    assert!(
        begun.elapsed() < Duration::from_secs(1),
        "{:?}",
        begun.elapsed()
    );
    assert_eq!(other.refusal(&bob), None);

    // Whoever signs in again is good at once, everywhere.
    let again = other.sign_in("alice");
    assert_eq!((one.refusal(&again), other.refusal(&again)), (None, None));
}
