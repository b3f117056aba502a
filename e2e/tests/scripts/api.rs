//! The page's server, with a clock that a test moves.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use e2e::Failure;
use sealed_session_axum::testing::ManualClock;
use sealed_session_axum::time::OffsetDateTime;
use sealed_session_axum::{Key, KeyRing};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

use crate::server::{pages, sessions};

/// A server that runs until it is dropped.
pub(crate) struct Api {
    runtime: Runtime,
    address: SocketAddr,
    clock: Arc<ManualClock>,
}

impl Api {
    pub(crate) fn start() -> Result<Api, Failure> {
        let clock = Arc::new(ManualClock::new(OffsetDateTime::now_utc()));
        let sessions =
            sessions(KeyRing::new(Key::generate()?)).map_err(|error| error.to_string())?;
        let app = pages().layer(sessions.clock(clock.clone()));
        let runtime = Runtime::new()?;
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0"))?;
        let address = listener.local_addr()?;
        runtime.spawn(axum::serve(listener, app).into_future());
        Ok(Api {
            runtime,
            address,
            clock,
        })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn advance(&self, by: Duration) {
        self.clock.advance(by);
    }

    pub(crate) fn block_on<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime.block_on(future)
    }
}
