//! Requests that wait: under several middlewares, and with an error that becomes a response.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use actix_web::App;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::ErrorForbidden;
use actix_web::middleware::{Next, from_fn};
use actix_web::rt::task::yield_now;
use actix_web::test::{TestRequest, init_service};
use actix_web::web::{get, scope};
use sealed_session_actix::overflow::{BoxError, Overflow, OverflowStore};
use sealed_session_actix::revocation::{Answer, AskedRevocations, Staleness};
use sealed_session_actix::testing::Browser;
use sealed_session_actix::{
    Budget, Error, Guard, GuardMiddleware, Session, SessionManagerBuilder, SessionMiddleware,
};
use time::OffsetDateTime;

use crate::nested::count as count_around;
use crate::support::{Reply, builder, call, named};

fn asking(manager: SessionManagerBuilder) -> SessionMiddleware {
    let asked = AskedRevocations::new(async |_| {
        yield_now().await;
        Answer::Clear
    });
    let staleness = Staleness::within(Duration::ZERO).or_refuse();
    let manager = manager.revocations(asked).staleness(staleness).build();
    SessionMiddleware::new(manager.unwrap())
}

async fn count(session: Session) -> Result<String, Error> {
    let visits = session.update("visits", |visits: &mut u32| {
        *visits += 1;
        *visits
    })?;
    session.sign_in("ada", &[&"visits"])?;
    Ok(visits.to_string())
}

#[actix_web::test]
async fn each_middleware_waits_and_finds_its_own_session_again() {
    let fresh = Guard::signed_in().known_within(Duration::ZERO);
    let forum = scope("/forum")
        .route("/sign-in", get().to(count))
        .service(
            scope("/in")
                .route("", get().to(count))
                .wrap(GuardMiddleware::new(fresh)),
        )
        .wrap(asking(named("forum")));
    let shop = App::new().route("/count", get().to(count)).service(forum);
    let app = shop.wrap(from_fn(count_around));
    let app = init_service(app.wrap(asking(named("shop")))).await;
    let mut browser = Browser::default();
    for (path, seen) in [("sign-in", "1"), ("in", "2"), ("in", "3")] {
        let request = TestRequest::get().uri(&format!("/forum/{path}"));
        let reply = call(&app, request.insert_header(("cookie", browser.cookie()))).await;
        assert_eq!((reply.status, reply.body.as_str()), (200, seen));
        browser.keep(reply.set_cookies());
    }
    let around = TestRequest::get().uri("/count");
    let reply = call(&app, around.insert_header(("cookie", browser.cookie()))).await;
    assert_eq!((reply.status, reply.body.as_str()), (200, "4"));
}

#[derive(Clone, Default)]
struct Store(Arc<Mutex<HashMap<[u8; 16], Vec<u8>>>>);

impl OverflowStore for Store {
    async fn put(
        &self,
        name: [u8; 16],
        sealed: Vec<u8>,
        _: OffsetDateTime,
    ) -> Result<(), BoxError> {
        yield_now().await;
        self.0.lock().unwrap().insert(name, sealed);
        Ok(())
    }

    async fn get(&self, name: [u8; 16]) -> Result<Option<Vec<u8>>, BoxError> {
        yield_now().await;
        Ok(self.0.lock().unwrap().get(&name).cloned())
    }

    async fn expire(&self, _: [u8; 16], _: OffsetDateTime) -> Result<(), BoxError> {
        Ok(())
    }
}

async fn fails(session: Session, _: ServiceRequest, _: Next<impl MessageBody>) -> Answered {
    let long = session.get::<Vec<u64>>("long").unwrap().unwrap_or_default();
    let noise = (0..3_000 + long.len() as u64).map(|n: u64| n.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    session.insert("long", noise.collect::<Vec<_>>()).unwrap();
    Err(ErrorForbidden(long.len().to_string()))
}

type Answered = actix_web::Result<ServiceResponse>;

#[actix_web::test]
async fn an_error_that_becomes_a_response_has_its_session_stored() {
    let (store, mut browser) = (Store::default(), Browser::default());
    let manager = builder()
        .budget(Budget::portable())
        .overflow(Overflow::new(store.clone()));
    let sessions = SessionMiddleware::new(manager.build().unwrap());
    let app = init_service(App::new().wrap(from_fn(fails)).wrap(sessions)).await;
    for (stored, before) in [(1, "0"), (2, "3000")] {
        let request = TestRequest::get().insert_header(("cookie", browser.cookie()));
        let reply: Reply = call(&app, request).await;
        assert_eq!((reply.status, reply.body.as_str()), (403, before));
        assert_eq!(store.0.lock().unwrap().len(), stored);
        browser.keep(reply.set_cookies());
    }
}
