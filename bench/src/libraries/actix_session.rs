//! `actix-session` with its cookie store.

use std::sync::Arc;

use actix_session::storage::CookieSessionStore;
use actix_session::{Session, SessionMiddleware};
use actix_web::cookie::Key;
use actix_web::http::header;
use actix_web::test::{TestRequest, init_service, try_call_service};
use actix_web::{App, Error, HttpResponse, rt, web};

use super::Lines;
use crate::Sample;

/// AES-256-GCM; the default.
pub(super) fn private(sample: Arc<Sample>) -> Lines {
    let handler = move |session: Session| {
        let sample = Arc::clone(&sample);
        async move {
            for (name, part) in sample.parts() {
                session.insert(name, part)?;
            }
            Ok::<HttpResponse, Error>(HttpResponse::Ok().finish())
        }
    };
    rt::System::new().block_on(async {
        let middleware = SessionMiddleware::new(CookieSessionStore::default(), Key::generate());
        let app = App::new()
            .wrap(middleware)
            .route("/", web::get().to(handler));
        let service = init_service(app).await;
        let response = try_call_service(&service, TestRequest::default().to_request())
            .await
            .map_err(|error| error.to_string())?;
        if !response.status().is_success() {
            return Err(format!("the response is a {}", response.status()));
        }
        let lines = response.headers().get_all(header::SET_COOKIE);
        lines
            .map(|line| match line.to_str() {
                Ok(line) => Ok(line.to_owned()),
                Err(cause) => Err(cause.to_string()),
            })
            .collect()
    })
}
