//! Requests that wait, before the inner service is called: which one is called then, and what a visitor who hangs up leaves.

use std::convert::Infallible;
use std::future::{Ready, pending, poll_fn, ready};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use http::{Request, Response, header};
use sealed_session_tower::revocation::{Answer, AskedRevocations, Staleness};
use sealed_session_tower::testing::Browser;
use sealed_session_tower::{Guard, GuardLayer, InHand, Key, KeyRing, SessionLayer, SessionManager};
use tower::{Layer, Service, ServiceExt};

/// Signs in who is not, and may be called only once it was polled until it was ready.
#[derive(Default)]
struct Permits {
    is_ready: bool,
    called: Arc<AtomicUsize>,
}

impl Clone for Permits {
    fn clone(&self) -> Permits {
        Permits {
            is_ready: false,
            called: Arc::clone(&self.called),
        }
    }
}

impl Service<Request<()>> for Permits {
    type Response = Response<String>;
    type Error = Infallible;
    type Future = Ready<Result<Response<String>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.is_ready = true;
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<()>) -> Self::Future {
        assert!(std::mem::take(&mut self.is_ready), "it was not ready");
        self.called.fetch_add(1, Ordering::Relaxed);
        let session: &InHand = request.extensions().get().unwrap();
        if session.subject().is_none() {
            session.sign_in("ada", &[]).unwrap();
        }
        ready(Ok(Response::new(String::new())))
    }
}

/// A layer that asks `asked` in each request.
fn layer(asked: AskedRevocations) -> SessionLayer {
    let ring = KeyRing::new(Key::new(&[1; 32]).unwrap());
    let manager = SessionManager::builder("session", ring)
        .revocations(asked)
        .staleness(Staleness::within(Duration::ZERO));
    SessionLayer::new(manager.build().unwrap())
}

/// An answer that takes a turn.
async fn clear() -> Answer {
    let mut waits = true;
    poll_fn(move |context| {
        if std::mem::take(&mut waits) {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(Answer::Clear)
    })
    .await
}

fn page(browser: &Browser) -> Request<()> {
    let request = Request::get("/").header(header::COOKIE, browser.cookie());
    request.body(()).unwrap()
}

#[tokio::test]
async fn the_service_that_was_ready_is_the_one_that_is_called() {
    let (asked, count) = (Arc::new(AtomicUsize::new(0)), Arc::<AtomicUsize>::default());
    let counted = Arc::clone(&asked);
    let revocations = AskedRevocations::new(move |_| {
        counted.fetch_add(1, Ordering::Relaxed);
        clear()
    });
    let layer = layer(revocations);
    let permits = Permits {
        called: Arc::clone(&count),
        ..Permits::default()
    };
    let mut browser = Browser::default();
    let mut open = layer.layer(permits.clone());
    let response = open.ready().await.unwrap().call(page(&browser)).await;
    browser.keep(response.unwrap().headers().get_all(header::SET_COOKIE));
    assert_eq!(asked.load(Ordering::Relaxed), 0, "nobody came");

    let guard = Guard::signed_in().known_within(Duration::ZERO);
    let mut guarded = layer.layer(GuardLayer::new(guard).layer(permits));
    for wanted in [2, 3] {
        let response = open.ready().await.unwrap().call(page(&browser)).await;
        assert_eq!(response.unwrap().status(), 200);
        let response = guarded.ready().await.unwrap().call(page(&browser)).await;
        assert_eq!(response.unwrap().status(), 200);
        assert_eq!(asked.load(Ordering::Relaxed), 2 * (wanted - 1));
    }
    assert_eq!(count.load(Ordering::Relaxed), 5);
}

#[tokio::test]
async fn a_visitor_who_hangs_up_while_the_request_waits_leaves_nothing() {
    /// Counts those that are under way.
    struct Underway(Arc<AtomicUsize>);

    impl Drop for Underway {
        fn drop(&mut self) {
            self.0.fetch_sub(1, Ordering::Relaxed);
        }
    }

    let (underway, called) = (Arc::<AtomicUsize>::default(), Arc::<AtomicUsize>::default());
    let count = Arc::clone(&underway);
    let never = AskedRevocations::new(move |_| {
        count.fetch_add(1, Ordering::Relaxed);
        let underway = Underway(Arc::clone(&count));
        async move {
            let _underway = underway;
            pending().await
        }
    });
    let mut browser = Browser::default();
    let signed_in = layer(AskedRevocations::new(|_| clear())).layer(Permits::default());
    let response = signed_in.oneshot(page(&browser)).await.unwrap();
    browser.keep(response.headers().get_all(header::SET_COOKIE));

    let permits = Permits {
        called: Arc::clone(&called),
        ..Permits::default()
    };
    let mut service = layer(never).layer(permits);
    let mut request = Box::pin(service.ready().await.unwrap().call(page(&browser)));
    let polled = poll_fn(|context| Poll::Ready(request.as_mut().poll(context).is_ready()));
    assert!(!polled.await);
    assert_eq!(underway.load(Ordering::Relaxed), 1);
    drop(request);
    assert_eq!(underway.load(Ordering::Relaxed), 0);
    assert_eq!(called.load(Ordering::Relaxed), 0);
}
