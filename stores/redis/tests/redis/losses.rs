//! What the store loses: who notices, who heals it, and what nobody can know afterwards.

use std::time::{Duration, Instant};

use sealed_session::Refusal;
use time::OffsetDateTime;

use crate::node::{Node, now, until};
use crate::server::Server;

/// Two nodes, and the cookies of somebody who is signed out and of somebody who is not.
async fn two_nodes(server: &Server) -> (Node, Node, String, String) {
    let one = Node::start(&server.store()).await;
    let other = Node::start(&server.store()).await;
    let (alice, bob) = (one.sign_in("alice"), one.sign_in("bob"));
    one.revoke("alice").await.unwrap();
    other.wait_for(&alice, Some(Refusal::Revoked)).await;
    (one, other, alice, bob)
}

#[tokio::test]
async fn nodes_that_lived_through_a_loss_heal_the_store() {
    let losses: [&[&str]; 3] = [
        &["FLUSHALL"],
        &["DEL", "{shop}:revocations"],
        &["DEL", "{shop}:about"],
    ];
    for loss in losses {
        let server = Server::start();
        let (one, other, alice, bob) = two_nodes(&server).await;
        let since = one.shared.status().remembers_since;
        let () = server.run(loss);
        until("the repair", || {
            let is_whole = |node: &Node| {
                let status = node.shared.status();
                status.repairs == 1 && status.as_of.is_some()
            };
            is_whole(&one) && is_whole(&other)
        })
        .await;

        // A node that starts now is told everything, and since when.
        let third = Node::start(&server.store()).await;
        assert_eq!(third.refusal(&alice), Some(Refusal::Revoked), "{loss:?}");
        assert_eq!(third.shared.status().remembers_since, since, "{loss:?}");
        assert_eq!(third.refusal(&bob), None, "{loss:?}");
        // And what is revoked now arrives as ever.
        third.revoke("bob").await.unwrap();
        for node in [&one, &other] {
            node.wait_for(&bob, Some(Refusal::Revoked)).await;
        }
        // The difference was written once, and not by each node.
        let length: usize = server.run(&["XLEN", "{shop}:revocations"]);
        assert!(length <= 4, "{loss:?}: {length}");
    }
}

#[tokio::test]
async fn many_nodes_heal_a_store_together_and_write_what_is_missing_once() {
    let server = Server::start();
    let mut nodes = Vec::new();
    for _ in 0..20 {
        nodes.push(Node::start(&server.store()).await);
    }
    let alice = nodes[0].sign_in("alice");
    nodes[0].revoke("alice").await.unwrap();
    for node in &nodes {
        node.wait_for(&alice, Some(Refusal::Revoked)).await;
    }
    let () = server.run(&["FLUSHALL"]);
    let begun = Instant::now();
    until("the repair", || {
        let mut all = nodes.iter().map(|node| node.shared.status());
        all.all(|status| status.repairs == 1 && status.as_of.is_some())
    })
    .await;
    // One after the other, by turns of a tenth of a second, it would be two.
    let took = begun.elapsed();
    assert!(took < Duration::from_millis(1_500), "{took:?}");
    let length: usize = server.run(&["XLEN", "{shop}:revocations"]);
    assert!(length <= 2, "{length}");
}

#[tokio::test]
async fn while_a_store_is_in_doubt_nobody_takes_it_for_whole() {
    let server = Server::start();
    let (one, other, alice, bob) = two_nodes(&server).await;
    let since = one.shared.status().remembers_since;
    // Nobody can repair it.
    let () = server.run(&["SET", "{shop}:lock", "1"]);
    let () = server.run(&["DEL", "{shop}:revocations"]);
    // Nor does a revocation make it look whole.
    let error = one.revoke("bob").await.unwrap_err();
    assert!(error.is_lost(), "{error}");
    assert_eq!(one.refusal(&bob), Some(Refusal::Revoked));
    let carol = other.sign_in("carol");
    other.wait_for(&carol, Some(Refusal::NotKnown)).await;
    let third = Node::blind(&server.store(), 1_000);
    let blind = third.shared.caught_up(Duration::from_millis(500)).await;
    assert!(blind.is_err());
    assert_eq!(server.run::<usize>(&["EXISTS", "{shop}:revocations"]), 0);

    let () = server.run(&["DEL", "{shop}:lock"]);
    third
        .shared
        .caught_up(Duration::from_secs(5))
        .await
        .unwrap();
    for node in [&other, &third] {
        node.wait_for(&bob, Some(Refusal::Revoked)).await;
        node.wait_for(&alice, Some(Refusal::Revoked)).await;
        node.wait_for(&carol, None).await;
    }
    until("what the nodes remember", || {
        third.shared.status().remembers_since == since
    })
    .await;
}

#[tokio::test]
async fn what_was_lost_with_everybody_who_knew_it_is_not_known() {
    let server = Server::start();
    let (one, other, alice, bob) = two_nodes(&server).await;
    // Before the first node began, so that it is not known even now.
    let early = one.sign_in_at(
        "carol",
        OffsetDateTime::now_utc() - time::Duration::minutes(20),
    );
    drop((one, other));
    let () = server.run(&["FLUSHALL"]);
    // A revocation in the second of the loss is not told from one before.
    tokio::time::sleep(Duration::from_millis(1_100)).await;

    let third = Node::start(&server.store()).await;
    let fourth = Node::start(&server.store()).await;
    let again = third.sign_in("alice");
    for node in [&third, &fourth] {
        // Whoever was signed out is not let in by a store that forgot it.
        assert_eq!(node.refusal(&alice), Some(Refusal::NotKnown));
        assert_eq!(node.refusal(&bob), Some(Refusal::NotKnown));
        assert_eq!(node.refusal(&early), Some(Refusal::NotKnown));
        assert_eq!(node.refusal(&again), None, "a new sign-in is good at once");
    }
    // Also if it is signed out in the second in which it began.
    fourth.revoke("alice").await.unwrap();
    third.wait_for(&again, Some(Refusal::Revoked)).await;

    // An operator who knows better says so.
    fourth
        .shared
        .trust_since(OffsetDateTime::UNIX_EPOCH)
        .await
        .unwrap();
    assert_eq!(fourth.refusal(&bob), None);
    third.wait_for(&bob, None).await;
    third.wait_for(&early, None).await;
}

#[tokio::test]
async fn a_server_that_comes_back_empty_is_filled_again() {
    let mut server = Server::start();
    let (one, other, alice, bob) = two_nodes(&server).await;
    let since = one.shared.status().remembers_since;
    server.kill();
    server.restart();
    until("the repair", || {
        [&one, &other]
            .iter()
            .all(|node| node.shared.status().repairs == 1)
    })
    .await;
    let third = Node::start(&server.store()).await;
    assert_eq!(third.refusal(&alice), Some(Refusal::Revoked));
    assert_eq!(third.refusal(&bob), None);
    assert_eq!(third.shared.status().remembers_since, since);
}

#[tokio::test]
async fn a_server_that_comes_back_whole_is_vouched_for_by_a_node_that_lived() {
    let mut server = Server::start_with(&["appendonly yes", "appendfsync always"]);
    let (one, other, alice, bob) = two_nodes(&server).await;
    drop(other);
    let since = one.shared.status().remembers_since;
    server.kill();
    server.restart();
    let third = Node::start(&server.store()).await;
    assert_eq!(third.refusal(&alice), Some(Refusal::Revoked));
    assert_eq!(third.refusal(&bob), None);
    assert_eq!(third.shared.status().remembers_since, since);
    assert_eq!(one.shared.status().repairs, 0, "nothing was lost");
}

/// A server that kept everything, and was killed and started again when no node lived; and a session that was signed out
/// before, and one that was not.
async fn restarted_alone() -> (Server, String, String) {
    let mut server = Server::start_with(&["appendonly yes", "appendfsync always"]);
    let (one, other, alice, bob) = two_nodes(&server).await;
    drop((one, other));
    server.kill();
    server.restart();
    (server, alice, bob)
}

#[tokio::test]
async fn a_server_that_comes_back_to_nobody_is_believed_for_what_comes_then() {
    let (server, alice, bob) = restarted_alone().await;

    // Whoever says that a restart loses nothing does not wait, and vouches for nobody else.
    let begun = Instant::now();
    let third = Node::blind(&server.store(), 1_000);
    assert_eq!(third.refusal(&bob), Some(Refusal::NotKnown));
    third
        .shared
        .caught_up(Duration::from_secs(10))
        .await
        .unwrap();
    assert!(begun.elapsed() >= Duration::from_secs(5));
    assert_eq!(
        third.refusal(&alice),
        Some(Refusal::Revoked),
        "what is there counts"
    );
    assert_eq!(third.refusal(&bob), Some(Refusal::NotKnown));
    let again = third.sign_in("bob");
    assert_eq!(third.refusal(&again), None);
}

#[tokio::test]
async fn a_server_that_loses_nothing_is_believed_at_once() {
    let (server, alice, bob) = restarted_alone().await;
    let begun = Instant::now();
    let third = Node::start(&server.store().with_durable_restarts()).await;
    assert!(begun.elapsed() < Duration::from_secs(4));
    assert_eq!(third.refusal(&alice), Some(Refusal::Revoked));
    assert_eq!(third.refusal(&bob), None);
}

#[tokio::test]
async fn an_older_snapshot_is_noticed_and_healed() {
    let mut server = Server::start();
    let (one, other) = (
        Node::start(&server.store()).await,
        Node::start(&server.store()).await,
    );
    let (alice, bob) = (one.sign_in("alice"), one.sign_in("bob"));
    one.revoke("bob").await.unwrap();
    let () = server.run(&["SAVE"]);
    one.revoke("alice").await.unwrap();
    other.wait_for(&alice, Some(Refusal::Revoked)).await;
    server.kill();
    server.restart();
    // Whoever starts before it is healed does not take it for whole.
    let third = Node::start(&server.store()).await;
    assert_eq!(third.refusal(&alice), Some(Refusal::Revoked));
    assert_eq!(third.refusal(&bob), Some(Refusal::Revoked));
    until("the repair", || other.shared.status().repairs == 1).await;
}

/// The last id is later than any that the nodes have seen, and the name of the store is the same.
#[tokio::test]
async fn a_loss_is_noticed_although_others_have_written_since() {
    for was_read in [true, false] {
        let server = Server::start();
        let one = Node::start(&server.store()).await;
        let other = Node::start(&server.store()).await;
        let alice = one.sign_in("alice");
        let mut admin = redis::Client::open(server.admin_url())
            .unwrap()
            .get_connection()
            .unwrap();
        let key = "{shop}:revocations";
        let old: Vec<u8> = redis::cmd("DUMP").arg(key).query(&mut admin).unwrap();
        let nodes = [&one, &other];
        if !was_read {
            // Both of them can write, and not read.
            let () = server.run(&["ACL", "SETUSER", "shop", "-xrange"]);
            let is_deaf = |node: &&Node| !node.shared.status().is_connected;
            until("deafness", || nodes.iter().all(is_deaf)).await;
        }
        one.revoke("alice").await.unwrap();
        if was_read {
            // By both of them, which ask every half second.
            tokio::time::sleep(Duration::from_millis(1_100)).await;
        }
        let mut commands = redis::pipe();
        commands.atomic();
        commands
            .cmd("RESTORE")
            .arg(key)
            .arg(0)
            .arg(old)
            .arg("REPLACE")
            .ignore();
        // In the millisecond of what was lost it would get its id.
        let later = now().unix_timestamp() * 1_000 + 60_000;
        let entry = commands.cmd("XADD").arg(key).arg(format!("{later}-0"));
        entry.arg("r").arg("").ignore();
        let () = commands.query(&mut admin).unwrap();
        let () = server.run(&["ACL", "SETUSER", "shop", "+xrange"]);

        // Whoever knew of it heals the store.
        until("the repair", || one.shared.status().repairs == 1).await;
        other.wait_for(&alice, Some(Refusal::Revoked)).await;
        let third = Node::start(&server.store()).await;
        assert_eq!(third.refusal(&alice), Some(Refusal::Revoked), "{was_read}");
    }
}
