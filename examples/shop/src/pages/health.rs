//! What a load balancer asks. It never looks at the session, so its answer depends on no cookie, and
//! its route is passive, so that it sets none.

pub(crate) async fn check() -> &'static str {
    "ok"
}
