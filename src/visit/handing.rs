//! A sign-in as it is handed over to another site, and as it arrives there.
//!
//! Owns what goes along and what does not. Whose ticket is good is decided above.

use std::time::Duration;

use super::handed::Handed;
use super::slot::SlotVisit;
use super::state::{Edit, SessionState};
use crate::error::Error;
use crate::hand_over::{Given, HandOverRefusal};
use crate::payload::{Attributes, Record, SessionId};
use crate::revocation::Answer;

impl SessionState {
    /// Returns what another site gets of the sign-in, with the path to come back to there.
    pub(crate) fn given(&self, back: String) -> Result<Given, HandOverRefusal> {
        let record = self.record().ok_or(HandOverRefusal::NotSignedIn)?;
        let subject = record.subject.as_deref();
        let subject = subject.ok_or(HandOverRefusal::NotSignedIn)?;
        if record.grounds.acting().is_some() {
            return Err(HandOverRefusal::Acting);
        }
        if record.grounds.origin().is_some() {
            return Err(HandOverRefusal::HandedOver);
        }
        Ok(Given {
            subject: subject.to_owned(),
            labels: record.labels.iter().map(str::to_owned).collect(),
            created: record.created.0,
            confirmed: record.grounds.confirmed().map(|at| at.0),
            origin: *record.id.sign_in(),
            back,
        })
    }
}

impl SlotVisit<'_, '_> {
    /// Returns whether this is who is signed in already, and acts as nobody else.
    pub(crate) fn is_already(&mut self, subject: &str) -> bool {
        let state = self.open();
        let signed_in = state.record().and_then(|record| record.subject.as_deref());
        signed_in == Some(subject) && state.actor().is_none()
    }

    /// Returns whether it is known here that a sign-in which arrives was revoked since it began at the other site, which may
    /// not have heard of it.
    pub(crate) fn is_revoked(&self, subject: &str, handed: &Handed) -> bool {
        let origin = handed.grounds.origin().unwrap_or_default();
        let record = Record {
            id: SessionId::of_sign_in(origin),
            created: handed.created,
            subject: Some(subject.into()),
            own: Default::default(),
            labels: handed.labels.clone(),
            grounds: handed.grounds.clone(),
            attributes: Attributes::default(),
            deposit: None,
        };
        let (config, now) = (self.config, self.now);
        config.revoking.as_ref().is_some_and(|revoking| {
            // However long ago it was heard.
            config.answer(revoking, &record, Duration::MAX, now) == Answer::Revoked
        })
    }

    /// Starts over with a sign-in that arrives.
    pub(crate) fn take_over(
        &mut self,
        subject: &str,
        handed: &Handed,
        keep: &[&str],
    ) -> Result<(), Error> {
        let edit = Edit::StartOver {
            subject: Some(subject),
            handed: Some(handed),
            keep,
        };
        self.apply("arrive", edit).map(drop)
    }
}
