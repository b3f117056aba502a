//! What a load balancer asks. It never looks at the session, so its answer depends on no cookie, and
//! its route is passive, so that it sets none.

use axum::extract::State;
use time::OffsetDateTime;

use crate::accounts::Accounts;

/// Is well without a store, too: the server goes on, and to take it out would make an outage of one. For who watches it
/// there is a line on how recent its knowledge is.
pub(crate) async fn check(State(accounts): State<Accounts>) -> String {
    match accounts.freshness(OffsetDateTime::now_utc()) {
        None => "ok".to_owned(),
        Some(freshness) => format!("ok\nrevocations: {freshness}\n"),
    }
}
