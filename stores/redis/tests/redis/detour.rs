//! A loopback between nodes and servers, which delays and cuts what the server answers, or leads to another server.

use std::sync::Arc;
use std::sync::atomic::{AtomicU16, AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::sleep;

/// How answers go through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Manner {
    Pass,
    /// So much later.
    Late(Duration),
    /// Up to some byte in the middle of an answer, which is another one each time. Then the connection is gone.
    Cut,
}

pub(crate) struct Detour {
    port: u16,
    way: Arc<Way>,
    task: JoinHandle<()>,
}

struct Way {
    target: AtomicU16,
    manner: watch::Sender<Manner>,
    cuts: AtomicUsize,
}

impl Detour {
    pub(crate) async fn start(target: u16) -> Detour {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let way = Arc::new(Way {
            target: AtomicU16::new(target),
            manner: watch::Sender::new(Manner::Pass),
            cuts: AtomicUsize::new(0),
        });
        Detour {
            port: listener.local_addr().unwrap().port(),
            task: tokio::spawn(serve(listener, Arc::clone(&way))),
            way,
        }
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Cuts all connections, and treats later ones so.
    pub(crate) fn set(&self, manner: Manner) {
        self.way.manner.send_replace(manner);
    }

    /// Cuts all connections, and leads later ones to another server.
    pub(crate) fn lead_to(&self, target: u16) {
        self.way.target.store(target, Ordering::SeqCst);
        self.set(Manner::Pass);
    }

    /// Counts the answers that were cut.
    pub(crate) fn cuts(&self) -> usize {
        self.way.cuts.load(Ordering::SeqCst)
    }
}

impl Drop for Detour {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(listener: TcpListener, way: Arc<Way>) {
    // They end with this task.
    let mut all = JoinSet::new();
    loop {
        let Ok((client, _)) = listener.accept().await else {
            return;
        };
        while all.try_join_next().is_some() {}
        all.spawn(connect(client, Arc::clone(&way)));
    }
}

async fn connect(client: TcpStream, way: Arc<Way>) {
    let mut manner = way.manner.subscribe();
    let current = *manner.borrow_and_update();
    let target = way.target.load(Ordering::SeqCst);
    let Ok(server) = TcpStream::connect(("127.0.0.1", target)).await else {
        return;
    };
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = server.into_split();
    tokio::select! {
        () = pass(from_client, to_server) => {}
        () = answer(from_server, to_client, current, &way) => {}
        _ = manner.changed() => {}
    }
}

async fn pass(mut from: OwnedReadHalf, mut to: OwnedWriteHalf) {
    let mut bytes = [0; 4_096];
    while let Ok(read @ 1..) = from.read(&mut bytes).await {
        if to.write_all(&bytes[..read]).await.is_err() {
            return;
        }
    }
}

async fn answer(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, manner: Manner, way: &Way) {
    // Long enough for the handshake at times, and never for a round.
    let number = way.cuts.load(Ordering::SeqCst);
    let mut left = 1 + number * 37 % 331;
    let mut bytes = [0; 4_096];
    while let Ok(read @ 1..) = from.read(&mut bytes).await {
        let mut end = read;
        match manner {
            Manner::Pass => {}
            Manner::Late(late) => sleep(late).await,
            Manner::Cut => {
                end = read.min(left);
                left -= end;
            }
        }
        if to.write_all(&bytes[..end]).await.is_err() {
            return;
        }
        if end < read {
            way.cuts.fetch_add(1, Ordering::SeqCst);
            return;
        }
    }
}
