//! Middlewares within the layer, and tasks that outlive a handler.

use std::sync::{Arc, Mutex};

use axum::extract::Request;
use axum::response::Response;
use axum::routing::get;
use axum::{Router, middleware};
use sealed_session_axum::{Event, Session, SessionLayer};

use crate::support::{builder, layer, send};

#[tokio::test]
async fn middleware_between_the_layer_and_the_handler_uses_the_same_session() {
    async fn count(session: Session, request: Request, next: middleware::Next) -> Response {
        session.update("seen", |seen: &mut u32| *seen += 1).unwrap();
        next.run(request).await
    }
    let seen = async |session: Session| session.get::<u32>("seen").unwrap().unwrap().to_string();
    let app = Router::new()
        .route("/", get(seen))
        .layer(middleware::from_fn(count))
        .layer(layer());
    let first = send(&app, "GET", "/", &[]).await;
    assert_eq!(first.body, "1");
    assert_eq!(send(&app, "GET", "/", &[&first.cookie()]).await.body, "2");
}

#[tokio::test]
async fn a_change_by_a_task_that_was_left_running_is_reported_by_its_name() {
    let late = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&late);
    let manager = builder().on_event(move |event, _| {
        if let Event::TooLate { attribute, .. } = event {
            log.lock().unwrap().push(attribute.clone());
        }
    });
    let (sender, receiver) = std::sync::mpsc::channel();
    let leaves = async move |session: Session| sender.send(session).unwrap();
    let layer = SessionLayer::new(manager.build().unwrap());
    let app = Router::new().route("/", get(leaves)).layer(layer);
    assert!(send(&app, "GET", "/", &[]).await.set_cookies().is_empty());
    let session = receiver.recv().unwrap();
    let task = async move { [session.insert("progress", 100), session.destroy()] };
    for result in tokio::spawn(task).await.unwrap() {
        assert!(result.unwrap_err().is_too_late());
    }
    assert_eq!(*late.lock().unwrap(), ["progress", "destroy"]);
}
