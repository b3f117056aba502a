//! `shared`: what revocations cost that nodes share through a `redis-server`, as `cargo xtask revocations` shows it.
//!
//! It starts a server of its own on a free port, and stops it. The figures are for comparison within one run.

#![forbid(unsafe_code)]
#![expect(clippy::print_stdout, reason = "a command line tool")]

mod cost;
mod node;
mod outcome;
mod server;
mod traffic;

use std::time::Duration;

use sealed_session::revocation::{Revocation, Staleness};
use sealed_session::time::OffsetDateTime;
use sealed_session::{Key, KeyRing};

use node::{MANY, Node, runtime};
use outcome::Outcome;
use server::Server;

fn main() -> Outcome<()> {
    let server = Server::start()?;
    let ring = KeyRing::new(Key::generate()?);
    let runtime = runtime()?;
    let first = runtime.block_on(async {
        let first =
            Node::start(&server, &ring, |shared| shared.into(), Staleness::default()).await?;
        fill(&first).await?;
        Outcome::Ok(first)
    })?;
    let cost = cost::table(&server, &ring, &first, &runtime)?;
    println!("\n{}", cost.markdown());
    // It reads all the time, and is not meant.
    drop((first, runtime));
    print!("{}", traffic::table(&server, &ring)?.markdown());
    Ok(())
}

/// Revokes many who have no session here.
async fn fill(node: &Node) -> Outcome<()> {
    let now = OffsetDateTime::now_utc();
    let until = u32::MAX.to_be_bytes();
    let at = u32::try_from(now.unix_timestamp())?.to_be_bytes();
    for first in (0..MANY).step_by(1_000) {
        let all = (first..first + 1_000).map(|number| {
            // Fibonacci hashing: they look as random as MACs do.
            let mixed = u64::from(number + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            let target = [mixed, mixed.rotate_left(32)].map(u64::to_be_bytes);
            Revocation::from_bytes(&[target.as_flattened(), &at, &until].concat())
        });
        let all: Vec<Revocation> = all.collect::<Result<_, _>>()?;
        node.shared.revoke(all, now).await?;
    }
    node.shared.caught_up(Duration::from_secs(10)).await?;
    Ok(())
}
