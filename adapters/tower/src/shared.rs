//! What all requests of a layer share.

use std::sync::Arc;

use sealed_session::{Clock, Slots};

/// The configuration of a layer. `F` answers a failed commit.
#[derive(Clone)]
pub(crate) struct Shared<F> {
    pub(crate) slots: Slots,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) failure: F,
}
