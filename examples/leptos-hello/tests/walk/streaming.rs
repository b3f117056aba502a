//! What a component under a `Suspense` can do with the session, before the response head leaves and after it.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::http::{Request, Response, header};
use http_body_util::BodyExt;
use leptos::config::LeptosOptions;
use leptos::prelude::*;
use leptos_axum::{LeptosRoutes, extract, generate_route_list};
use leptos_router::components::{Route, Router as Pages, Routes};
use leptos_router::{SsrMode, path};
use sealed_session_axum::{Event, Key, KeyRing, Session, SessionLayer, SessionManager};
use tokio::sync::Notify;
use tokio::task::yield_now;
use tower::ServiceExt;

/// What the components wait for.
type Gate = Arc<Notify>;

/// Waits for the gate, reads the session, and writes it.
async fn slow() -> String {
    expect_context::<Gate>().notified().await;
    let session: Session = extract().await.unwrap();
    let read = session.get::<String>("name").unwrap();
    match session.insert("note", "milk") {
        Ok(()) => format!("{read:?}, written"),
        Err(error) if error.is_too_late() => format!("{read:?}, too late"),
        Err(error) => error.to_string(),
    }
}

fn suspended(done: Resource<String>) -> impl IntoView {
    view! { <Suspense>{move || Suspend::new(done)}</Suspense> }
}

#[component]
fn Usual() -> impl IntoView {
    suspended(Resource::new(|| (), |()| slow()))
}

#[component]
fn Blocking() -> impl IntoView {
    suspended(Resource::new_blocking(|| (), |()| slow()))
}

#[component]
fn App() -> impl IntoView {
    view! {
        <Pages>
            <Routes fallback=|| "There is no such page.">
                <Route path=path!("/out-of-order") view=Usual/>
                <Route path=path!("/in-order") view=Usual ssr=SsrMode::InOrder/>
                <Route path=path!("/blocking") view=Blocking/>
                <Route path=path!("/async") view=Usual ssr=SsrMode::Async/>
            </Routes>
        </Pages>
    }
}

fn document() -> impl IntoView {
    view! { <html><head></head><body><App/></body></html> }
}

/// The pages, their gate, the cookie of somebody whose name is Ada, and what came too late.
struct Stage {
    app: Router,
    gate: Gate,
    cookie: String,
    late: Arc<Mutex<Vec<String>>>,
}

impl Stage {
    fn new() -> Stage {
        let late = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&late);
        let ring = KeyRing::new(Key::generate().unwrap());
        let manager = SessionManager::builder("hello", ring).on_event(move |event, _| {
            if let Event::TooLate { attribute, .. } = event {
                log.lock().unwrap().push(attribute.clone());
            }
        });
        let manager = manager.build().unwrap();
        let mut browser = sealed_session::testing::Browser::default();
        let written = browser.visit(&manager, |session| session.insert("name", "Ada"));
        written.unwrap();
        let gate = Gate::default();
        let given = Arc::clone(&gate);
        let options = LeptosOptions::builder().output_name("hello").build();
        let provide = move || provide_context(Arc::clone(&given));
        let app = Router::new()
            .leptos_routes_with_context(&options, generate_route_list(App), provide, document)
            .with_state(options)
            .layer(SessionLayer::new(manager));
        Stage {
            app,
            gate,
            cookie: browser.cookie(),
            late,
        }
    }

    /// The response, as soon as its head is there.
    async fn head(&self, path: &str) -> Response<Body> {
        let request = Request::get(path).header(header::COOKIE, &self.cookie);
        let request = request.body(Body::empty()).unwrap();
        self.app.clone().oneshot(request).await.unwrap()
    }
}

async fn text(response: Response<Body>) -> String {
    let body = response.into_body().collect().await.unwrap().to_bytes();
    String::from_utf8(body.to_vec()).unwrap()
}

#[tokio::test]
async fn a_component_that_changes_the_session_after_the_head_is_told_and_so_is_the_log() {
    for path in ["/out-of-order", "/in-order"] {
        let stage = Stage::new();
        let response = stage.head(path).await;
        // Nobody had looked at the session by then, so no cache was told either: docs/leptos.md warns of it.
        for field in [header::SET_COOKIE, header::CACHE_CONTROL, header::VARY] {
            assert!(!response.headers().contains_key(field), "{path}");
        }
        stage.gate.notify_one();
        // What the session held can still be read.
        let page = text(response).await;
        assert!(page.contains("Some(\"Ada\"), too late"), "{path}: {page}");
        assert_eq!(*stage.late.lock().unwrap(), ["note"], "{path}");
    }
}

#[tokio::test]
async fn a_head_that_waits_for_the_component_carries_its_change() {
    for path in ["/blocking", "/async"] {
        let stage = Stage::new();
        let opens = async {
            for _ in 0..1_000 {
                yield_now().await;
            }
            stage.gate.notify_one();
        };
        let (response, ()) = tokio::join!(stage.head(path), opens);
        for field in [header::SET_COOKIE, header::CACHE_CONTROL, header::VARY] {
            assert!(response.headers().contains_key(field), "{path}");
        }
        let page = text(response).await;
        assert!(page.contains("Some(\"Ada\"), written"), "{path}: {page}");
        assert_eq!(stage.late.lock().unwrap().len(), 0, "{path}");
    }
}
