//! A `destroy` on one node ends copies of the session on the others, and no response waits for that.

use std::time::{Duration, Instant};

use sealed_session::adapter::{RequestHead, ResponseHead};
use sealed_session::{Refusal, SessionManager};

use crate::node::{Node, SOON, now, until};
use crate::server::Server;

fn sign_out(manager: &SessionManager, cookie: &str) {
    let session = manager.load(RequestHead::new([cookie.as_bytes()]), now());
    session.destroy().unwrap();
    manager
        .commit(&session, ResponseHead::new(200), now())
        .unwrap();
}

#[tokio::test]
async fn a_destroy_on_one_node_ends_copies_on_the_other() {
    let server = Server::start();
    let (one, other) = (
        Node::start(&server.store()).await,
        Node::start(&server.store()).await,
    );
    let (copied, phone) = (one.sign_in("alice"), one.sign_in("alice"));
    let begun = Instant::now();
    sign_out(&one.manager, &copied);
    other.wait_for(&copied, Some(Refusal::Revoked)).await;
    let elapsed = begun.elapsed();
    assert!(elapsed < Duration::from_secs(1), "{elapsed:?}");
    assert_eq!(other.refusal(&phone), None, "another device stays");
    assert!(!one.shared.status().is_behind);
}

#[tokio::test]
async fn sign_outs_wait_for_a_server_that_hangs_and_no_response_does() {
    // More than wait in the line, so that some are left to the task that reads.
    const MANY: usize = 1_300;
    let server = Server::start();
    let store = server.store().with_limit(Duration::from_millis(200));
    let one = Node::blind(&store, 3_000);
    let other = Node::blind(&store, 3_000);
    for node in [&one, &other] {
        node.shared.caught_up(SOON).await.unwrap();
    }
    let cookies: Vec<String> = (0..MANY).map(|_| one.sign_in("alice")).collect();
    server.freeze();
    let mut longest = Duration::ZERO;
    for cookie in &cookies {
        let begun = Instant::now();
        sign_out(&one.manager, cookie);
        longest = longest.max(begun.elapsed());
    }
    // Nothing here awaits, so that this is what a busy machine takes.
    assert!(longest < Duration::from_secs(1), "{longest:?}");
    assert_eq!(one.shared.status().len, MANY);
    server.thaw();
    until("all sign-outs", || other.shared.status().len == MANY).await;
    let is_over = |cookie: &String| other.refusal(cookie) == Some(Refusal::Revoked);
    assert!(cookies.iter().all(is_over));
    until("all written", || !one.shared.status().is_behind).await;
}
