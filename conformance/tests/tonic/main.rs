//! The tower layer around a tonic server, called by gRPC over HTTP/2.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod service;

use std::net::SocketAddr;

use conformance::Site;
use conformance::sealed_session::{Error, Session};
use sealed_session_tower::SessionLayer;
use tokio::runtime::Runtime;
use tonic::body::Body;
use tonic::metadata::MetadataMap;
use tonic::transport::server::TcpIncoming;
use tonic::transport::{Channel, Server};
use tonic::{Code, Request, Status};

use crate::service::{ACT, Acting, Text};

/// A server that runs, and a client of it.
struct Running {
    runtime: Runtime,
    channel: Channel,
}

/// What a call gave, and the `Set-Cookie` lines that came with it.
struct Called {
    result: Result<String, Code>,
    lines: Vec<String>,
}

impl Running {
    fn start() -> Running {
        let site = Site::usual().unwrap();
        let too_large = |error: &Error, _: &Session| -> http::Response<Body> {
            Status::resource_exhausted(error.to_string()).into_http()
        };
        let layer = SessionLayer::new(site.manager()).clock(site.clock());
        let layer = layer.on_commit_failure(too_large);
        let runtime = Runtime::new().unwrap();
        let entered = runtime.enter();
        let incoming = TcpIncoming::bind(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
        let address = incoming.local_addr().unwrap();
        let router = Server::builder().layer(layer).add_service(Acting(site));
        runtime.spawn(router.serve_with_incoming(incoming));
        let channel = Channel::from_shared(format!("http://{address}"))
            .unwrap()
            .connect_lazy();
        drop(entered);
        Running { runtime, channel }
    }

    /// Calls with a `Cookie` field for each pair, as HTTP/2 sends them.
    fn call(&self, method: &'static str, message: &str, cookies: &str) -> Called {
        let mut request = Request::new(message.to_owned());
        for pair in cookies.split("; ").filter(|pair| !pair.is_empty()) {
            request
                .metadata_mut()
                .append("cookie", pair.parse().unwrap());
        }
        let mut client = tonic::client::Grpc::new(self.channel.clone());
        let answer = self.runtime.block_on(async {
            client.ready().await.unwrap();
            client.unary(request, method.parse().unwrap(), Text).await
        });
        match answer {
            Ok(answer) => Called {
                lines: lines(answer.metadata()),
                result: Ok(answer.into_inner()),
            },
            Err(status) => Called {
                lines: lines(status.metadata()),
                result: Err(status.code()),
            },
        }
    }

    fn act(&self, message: &str, cookies: &str) -> Called {
        self.call(ACT, message, cookies)
    }
}

impl Called {
    /// The cookies that a client sends next, if it had none.
    fn cookies(&self) -> String {
        let pair = |line: &String| line.split(';').next().unwrap_or_default().to_owned();
        self.lines.iter().map(pair).collect::<Vec<_>>().join("; ")
    }

    fn names(&self) -> Vec<&str> {
        let name = |line: &'_ String| line.split('=').next().map(str::len);
        self.lines
            .iter()
            .filter_map(|line| line.get(..name(line)?))
            .collect()
    }
}

fn lines(metadata: &MetadataMap) -> Vec<String> {
    let lines = metadata.get_all("set-cookie").iter();
    lines
        .map(|line| line.to_str().unwrap().to_owned())
        .collect()
}

#[test]
fn a_session_travels_in_the_metadata() {
    let tonic = Running::start();
    let first = tonic.act("/act/get.name", "");
    assert_eq!(
        (first.result.as_deref(), first.names().len()),
        (Ok("nothing"), 0)
    );
    let written = tonic.act("/act/put.name.Ada/noise.long.4500", "");
    assert_eq!(written.names(), ["__Host-session", "__Host-session.1"]);
    let read = tonic.act("/act/get.name/size.long", &written.cookies());
    assert_eq!(
        (read.result.as_deref(), read.names().len()),
        (Ok("Ada,4500"), 0)
    );
}

#[test]
fn a_status_that_is_an_error_carries_what_was_changed() {
    let tonic = Running::start();
    let failed = tonic.act("/act/put.name.Ada/status.404", "");
    assert_eq!(
        (failed.result.as_ref(), failed.names()),
        (Err(&Code::NotFound), vec!["__Host-session"])
    );
    assert_eq!(
        tonic
            .act("/act/get.name", &failed.cookies())
            .result
            .as_deref(),
        Ok("Ada")
    );
}

#[test]
fn a_method_that_is_unknown_keeps_the_session_alive() {
    let tonic = Running::start();
    let cookies = tonic.act("/act/put.name.Ada", "").cookies();
    tonic.act("/act/advance.1200", "").result.unwrap();
    for method in ["/conformance.Session/Nothing", "/conformance.Nobody/Act"] {
        let called = tonic.call(method, "", &cookies);
        assert_eq!(
            (called.result.as_ref(), called.names()),
            (Err(&Code::Unimplemented), vec!["__Host-session.t"])
        );
    }
}

#[test]
fn what_does_not_fit_is_answered_by_the_apps_own_status() {
    let tonic = Running::start();
    let cookies = tonic.act("/act/put.name.Ada", "").cookies();
    let large = "/act/put.name.Eve/noise.one.4000/noise.two.4000";
    let called = tonic.act(large, &cookies);
    assert_eq!(
        (called.result.as_ref(), called.names().len()),
        (Err(&Code::ResourceExhausted), 0)
    );
    assert_eq!(
        tonic.act("/act/get.name", &cookies).result.as_deref(),
        Ok("Ada")
    );
}

#[test]
fn a_panic_sends_nothing_and_the_old_session_stays_whole() {
    let tonic = Running::start();
    let cookies = tonic.act("/act/put.name.Ada", "").cookies();
    let called = tonic.act("/panic/put.name.Eve", &cookies);
    assert!(called.result.is_err() && called.lines.is_empty());
    assert_eq!(
        tonic.act("/act/get.name", &cookies).result.as_deref(),
        Ok("Ada")
    );
}

#[test]
fn tokens_move_between_grpc_and_plain_http() {
    let tonic = Running::start();
    let harness = frameworks::Hyper;
    let cookies = conformance::written_by(&harness).unwrap();
    let read = tonic.act("/act/subject/get.theme", &cookies);
    assert_eq!(read.result.as_deref(), Ok("ada,light"));
    let written = tonic.act("/act/sign-in.ada/put.theme.light", "");
    conformance::opened_by(&harness, &written.cookies()).unwrap();
}
