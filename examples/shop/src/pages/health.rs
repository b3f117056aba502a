//! What a load balancer asks. It never looks at the session, so its answer depends on no cookie.

pub(crate) async fn check() -> &'static str {
    "ok"
}
