//! Records log ids in the span of the request.
//!
//! Owns which span that is, and what it knows. It records without a lock, because a subscriber may use the
//! session.

use std::sync::{Mutex, PoisonError};

use smallvec::SmallVec;
use tracing::Span;
use tracing::field::display;

use super::config::SlotList;
use crate::payload::SessionId;

/// The span that was current when the request was loaded.
pub(super) struct Recording {
    span: Span,
    /// The ids whose log ids it knows, in the order of the slots.
    known: Mutex<Ids>,
}

/// The ids of all slots, of those that have a session and were looked at.
pub(super) type Ids = SmallVec<[Option<SessionId>; 2]>;

impl Recording {
    #[cold]
    pub(super) fn begin() -> Box<Recording> {
        Box::new(Recording {
            span: Span::current(),
            known: Mutex::default(),
        })
    }

    /// Records the log ids that the span does not know. `ids` are those of all slots.
    pub(super) fn record(&self, list: &SlotList, ids: Ids) {
        for (at, id) in ids.into_iter().enumerate() {
            let field = list.at(at).log_id_field;
            if let (Some(field), Some(id)) = (field, id)
                && self.learns(at, id)
            {
                self.span.record(field, display(id.log_id()));
            }
        }
    }

    /// Returns whether the slot number `at` belongs to another sign-in than before.
    fn learns(&self, at: usize, id: SessionId) -> bool {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() <= at {
            known.resize(at + 1, None);
        }
        let before = known.get_mut(at).and_then(|known| known.replace(id));
        before.is_none_or(|before| !before.is_same_sign_in(&id))
    }
}
