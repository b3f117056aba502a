//! One request to an axum router, in process, and the cookies that come back.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, header};
use tower::ServiceExt;

use super::Lines;

/// What an error page holds at most.
const PAGE_MAX: usize = 65_536;

/// Asks `router` for `/`. A response that is no success fails with its body's text, or its status
/// if it has none.
pub(super) fn lines(router: Router) -> Lines {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .map_err(|cause| cause.to_string())?;
    runtime.block_on(async {
        let Ok(response) = router.oneshot(Request::new(Body::empty())).await;
        let (head, body) = response.into_parts();
        if !head.status.is_success() {
            let body = to_bytes(body, PAGE_MAX).await;
            let body = body.map_err(|cause| cause.to_string())?;
            return Err(match body.is_empty() {
                true => format!("the response is a {}", head.status),
                false => String::from_utf8_lossy(&body).into_owned(),
            });
        }
        let lines = head.headers.get_all(header::SET_COOKIE).iter();
        lines
            .map(|line| match line.to_str() {
                Ok(line) => Ok(line.to_owned()),
                Err(cause) => Err(cause.to_string()),
            })
            .collect()
    })
}
