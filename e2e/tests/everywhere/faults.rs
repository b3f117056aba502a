//! The walk and the load notice what they are there for.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use conformance::{Harness, Missing, Server, Site as App, Support};
use e2e::{Bearer, Certificate, Client, Curl, Failure, Protocol};
use frameworks::plain::{Body, answering, routes, serve};
use http::{Response, header};
use sealed_session_tower::SessionLayer;
use tokio::runtime::Runtime;
use tower::util::BoxCloneSyncService;
use tower::{Layer, ServiceExt};

use crate::load::load;
use crate::servers::{Servers, manager, ring};
use crate::walk::walk;

/// Returns what a walk says where the server of one framework has a ring of its own.
fn among_strangers(
    client: &mut impl Client,
    certificate: &Certificate,
    stranger: &str,
) -> Result<String, Failure> {
    let (all, other) = (ring()?, ring()?);
    let servers = Servers::with_rings(certificate, |name| {
        Ok(if name == stranger { &other } else { &all }.clone())
    })?;
    let noticed = Runtime::new()?.block_on(walk(client, &servers.places));
    servers.stop()?;
    match noticed {
        Ok(()) => Err(format!("{stranger} has another ring, and nobody noticed").into()),
        Err(failure) => Ok(failure.to_string()),
    }
}

#[test]
fn the_walk_notices_another_ring() -> Result<(), Failure> {
    let certificate = Certificate::new()?;
    // Who signs in among strangers is unknown to the next one, and who writes there to all others.
    for (stranger, noticed) in [
        ("axum", "reading at actix-web"),
        ("actix-web", "reading at actix-web"),
        ("Rocket", "reading what was written at axum"),
        ("hyper", "reading what was written at hyper"),
    ] {
        let curl = &mut Curl::new(Protocol::Http1, &certificate)?;
        let app = &mut Bearer::new(Protocol::Http1, &certificate)?;
        for said in [
            among_strangers(curl, &certificate, stranger)?,
            among_strangers(app, &certificate, stranger)?,
        ] {
            let start = "axum, actix-web, Rocket, hyper: ";
            assert!(said.starts_with(start), "{stranger}: {said}");
            assert!(said.contains(noticed), "{stranger}: {said}");
        }
    }
    Ok(())
}

#[test]
fn the_load_notices_another_ring() -> Result<(), Failure> {
    let (served, known) = (manager(&ring()?)?, manager(&ring()?)?);
    let failure = load(&frameworks::Hyper, &served, &known, 10).unwrap_err();
    let said = failure.to_string();
    assert!(
        said.contains("hyper, request 0") && said.contains("unknown"),
        "{said}"
    );
    Ok(())
}

#[test]
fn the_load_notices_one_lost_line() -> Result<(), Failure> {
    let manager = manager(&ring()?)?;
    let failure = load(&Careless, &manager, &manager, 100).unwrap_err();
    let said = failure.to_string();
    assert!(said.contains("its cookies hold"), "{said}");
    Ok(())
}

/// A server that loses the session's lines of one response.
struct Careless;

impl Harness for Careless {
    fn name(&self) -> &'static str {
        "careless"
    }

    fn support(&self) -> Support {
        Support::new(Missing::Unknown)
    }

    fn start(&self, app: App) -> Result<Server, Box<dyn std::error::Error + Send + Sync>> {
        let layer = SessionLayer::new(app.manager()).clock(app.clock());
        let service = layer.layer(answering(routes(app)));
        let written = Arc::new(AtomicU32::new(0));
        let service = service.map_response(move |mut response: Response<Body>| {
            let writes = response.headers().contains_key(header::SET_COOKIE);
            if writes && written.fetch_add(1, Ordering::Relaxed) == 50 {
                response.headers_mut().remove(header::SET_COOKIE);
            }
            response
        });
        let service = BoxCloneSyncService::new(service);
        serve(move || service.clone())
    }
}
