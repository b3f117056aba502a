//! A sign-in that arrives from another site, as a session can hold it.
//!
//! Owns what is read of a ticket, which is authentic by then. It decides nothing about who may arrive.

use crate::hand_over::Given;
use crate::lifetime::Timestamp;
use crate::payload::{Grounds, Labels, SUBJECT_MAX};

/// A sign-in that arrives.
#[derive(Debug)]
pub(crate) struct Handed {
    /// When it began at the other site, and so what revokes it: all that came later.
    pub(super) created: Timestamp,
    /// When its session begins here: as the ticket was sealed, or when it began by a clock that is ahead.
    pub(super) begun: Timestamp,
    pub(super) labels: Labels,
    pub(super) grounds: Grounds,
}

impl Handed {
    /// Reads what a ticket holds; `None` if no session can hold it. A confirmation from further ahead than clocks may differ
    /// is left out.
    pub(crate) fn of(
        given: &Given,
        sealed: Timestamp,
        now: Timestamp,
        skew: u64,
    ) -> Option<Handed> {
        if !(1..=SUBJECT_MAX).contains(&given.subject.len()) {
            return None;
        }
        let labels: Vec<&str> = given.labels.iter().map(String::as_str).collect();
        let origin = Grounds::of(Some(given.origin));
        let confirmed = given.confirmed.map(Timestamp);
        let confirmed = confirmed.filter(|at| *at <= now.after(skew));
        let created = Timestamp(given.created);
        Some(Handed {
            created,
            begun: created.max(sealed),
            labels: Labels::new(&labels).ok()?,
            grounds: confirmed.map_or(origin.clone(), |at| origin.confirmed_at(at)),
        })
    }
}
