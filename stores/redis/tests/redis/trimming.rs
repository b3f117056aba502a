//! What can end no session any more leaves the store.

use sealed_session::Refusal;
use sealed_session::revocation::Revocation;

use crate::node::{Node, now, until};
use crate::server::Server;

fn add(server: &Server, revocation: &Revocation) {
    let client = redis::Client::open(server.admin_url()).unwrap();
    let mut connection = client.get_connection().unwrap();
    let mut command = redis::cmd("XADD");
    command
        .arg("{shop}:revocations")
        .arg("*")
        .arg("r")
        .arg(&revocation.to_bytes()[..]);
    let _: String = command.query(&mut connection).unwrap();
}

/// What a node wrote a while ago.
fn old(number: u8, until: u32) -> Revocation {
    let bytes = [&[number; 16][..], &1u32.to_be_bytes(), &until.to_be_bytes()].concat();
    Revocation::from_bytes(&bytes).unwrap()
}

#[tokio::test]
async fn what_is_over_is_trimmed_up_to_the_first_that_is_not() {
    let server = Server::start();
    let one = Node::start(&server.store()).await;
    let alice = one.sign_in("alice");
    for number in 0..20 {
        add(&server, &old(number, 1_000));
    }
    one.revoke("alice").await.unwrap();
    add(&server, &old(20, 1_000));
    let length = || server.run::<usize>(&["XLEN", "{shop}:revocations"]);
    assert_eq!(length(), 23, "with the one that began the stream");

    // Each node looks when it starts, and then every minute.
    let other = Node::start(&server.store()).await;
    until("the end of what is over", || length() == 2).await;
    assert_eq!(other.refusal(&alice), Some(Refusal::Revoked));
    // No node takes that for a loss.
    one.revoke("bob").await.unwrap();
    let third = Node::start(&server.store()).await;
    assert_eq!(third.refusal(&alice), Some(Refusal::Revoked));
    for node in [&one, &other] {
        until("news", || node.shared.status().len == 2).await;
        assert_eq!(node.shared.status().repairs, 0);
    }
    assert!(
        third
            .shared
            .status()
            .as_of
            .is_some_and(|as_of| as_of <= now())
    );
}

#[tokio::test]
async fn more_than_one_look_removes_is_trimmed_in_several() {
    let server = Server::start();
    let _one = Node::start(&server.store()).await;
    let client = redis::Client::open(server.admin_url()).unwrap();
    let mut entries = redis::pipe();
    for _ in 0..2_500 {
        let entry = entries.cmd("XADD").arg("{shop}:revocations").arg("*");
        entry.arg("r").arg(&old(1, 1_000).to_bytes()[..]).ignore();
    }
    let () = entries
        .query(&mut client.get_connection().unwrap())
        .unwrap();

    let _other = Node::start(&server.store()).await;
    let length = || server.run::<usize>(&["XLEN", "{shop}:revocations"]);
    until("the end of all", || length() == 1).await;
}
