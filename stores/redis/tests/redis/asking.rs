//! A store that is asked by the request itself.

use std::time::{Duration, Instant};

use sealed_session::adapter::{self, RequestHead};
use sealed_session::revocation::{Staleness, Target};
use sealed_session::{Refusal, Session, SessionManager};

use crate::node::{Node, now, ring, sign_in, until};
use crate::server::Server;

const LIMIT: Duration = Duration::from_millis(500);

/// A manager that asks at every request.
fn asking(node: &Node) -> SessionManager {
    SessionManager::builder("shop", ring())
        .revocations(node.shared.asking(LIMIT))
        .staleness(Staleness::within(Duration::ZERO).or_refuse())
        .build()
        .unwrap()
}

/// Does what an adapter does before a handler.
async fn load(manager: &SessionManager, cookie: &str) -> Session {
    let session = manager.load(RequestHead::new([cookie.as_bytes()]), now());
    if let Some(pending) = adapter::pending(&session) {
        pending.await;
    }
    session
}

fn rounds(server: &Server) -> u64 {
    let stats: String = server.run(&["INFO", "commandstats"]);
    let line = stats
        .lines()
        .find(|line| line.starts_with("cmdstat_xrange:"));
    let calls = line.and_then(|line| line.split(['=', ',']).nth(1));
    calls.map_or(0, |calls| calls.parse().unwrap())
}

#[tokio::test]
async fn a_request_that_asks_knows_what_was_revoked_before_it_came() {
    let server = Server::start();
    let (one, other) = (
        Node::start(&server.store()).await,
        Node::start(&server.store()).await,
    );
    let manager = asking(&one);
    for number in 0..20 {
        let name = format!("user-{number}");
        let cookie = sign_in(&manager, &name, now());
        assert_eq!(load(&manager, &cookie).await.subject(), Some(name.clone()));
        let all = other.manager.revocations_of(Target::Subject(&name), now());
        other.shared.revoke(all, now()).await.unwrap();
        // No time passes in which the task could have heard of it.
        let session = load(&manager, &cookie).await;
        assert_eq!(session.refusal(), Some(Refusal::Revoked), "{number}");
    }
}

#[tokio::test]
async fn those_who_ask_together_share_a_question() {
    let server = Server::start();
    let node = Node::start(&server.store()).await;
    let manager = asking(&node);
    let cookies: Vec<String> = (0..10)
        .map(|number| sign_in(&manager, &format!("user-{number}"), now()))
        .collect();
    load(&manager, &cookies[0]).await;
    let before = rounds(&server);
    let tasks: Vec<_> = cookies
        .into_iter()
        .map(|cookie| {
            let manager = manager.clone();
            tokio::spawn(async move { load(&manager, &cookie).await.subject().is_some() })
        })
        .collect();
    for task in tasks {
        assert!(task.await.unwrap());
    }
    // One that begins before the others have asked, one for all of these, and the task's own.
    let rounds = rounds(&server) - before;
    assert!((1..=3).contains(&rounds), "{rounds}");
}

#[tokio::test]
async fn beyond_the_limit_nobody_knows() {
    let server = Server::start();
    let node = Node::start(&server.store()).await;
    let manager = asking(&node);
    let cookie = sign_in(&manager, "alice", now());
    assert!(load(&manager, &cookie).await.is_live());
    server.freeze();
    // What was heard within this second is as of this second.
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    let begun = Instant::now();
    let session = load(&manager, &cookie).await;
    assert_eq!(session.refusal(), Some(Refusal::NotKnown));
    assert!(begun.elapsed() < 2 * LIMIT, "{:?}", begun.elapsed());
    server.thaw();
    let begun = Instant::now();
    while !load(&manager, &cookie).await.is_live() {
        assert!(begun.elapsed() < Duration::from_secs(10));
    }
}

#[tokio::test]
async fn a_question_notices_a_loss_and_the_task_heals_it() {
    let server = Server::start();
    let node = Node::start(&server.store()).await;
    let manager = asking(&node);
    let cookie = sign_in(&manager, "alice", now());
    node.revoke("bob").await.unwrap();
    let () = server.run(&["FLUSHALL"]);
    let session = load(&manager, &cookie).await;
    assert_eq!(session.refusal(), Some(Refusal::NotKnown));
    until("the repair", || node.shared.status().as_of.is_some()).await;
    assert!(load(&manager, &cookie).await.is_live());
    assert_eq!(node.shared.status().repairs, 1);
}
