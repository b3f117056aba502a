//! On what a sign-in rests: a proof of the visitor's that they are who they are, and acting as somebody else.
//!
//! Owns who may do either. What it does to a record is the business of `state`.

use super::slot::SlotVisit;
use super::state::{Edit, Mask, SessionState};
use crate::error::Error;
use crate::lifetime::Timestamp;

impl SessionState {
    /// Returns when the visitor last confirmed who they are. A time that no clock may say yet is none.
    pub(crate) fn confirmed(&self, now: Timestamp, skew: u64) -> Option<Timestamp> {
        let at = self.record()?.grounds.confirmed();
        at.filter(|at| *at <= now.after(skew))
    }

    /// Returns the subject of the person who acts as the session's.
    pub(crate) fn actor(&self) -> Option<&str> {
        self.record()?.grounds.acting().map(|acting| &*acting.actor)
    }
}

impl SlotVisit<'_, '_> {
    /// Notes that the visitor just proved who they are.
    pub(crate) fn confirm(&mut self) -> Result<(), Error> {
        self.signed_in("confirm who they are")?;
        self.apply("confirm", Edit::Confirm).map(drop)
    }

    /// Puts another subject in the place of the one who is signed in.
    pub(crate) fn act_as(&mut self, subject: &str, keep: &[&str]) -> Result<(), Error> {
        let real = self.signed_in("act as somebody else")?;
        if real == subject {
            return Err(Error::not_permitted(
                "nobody acts as themselves: the subject to act as is the one who is signed in",
            ));
        }
        let since = self.config.acting_since(subject, self.now);
        let mask = Some(Mask { subject, since });
        self.apply("act_as", Edit::Act { mask, keep }).map(drop)
    }

    /// Gives back who acts; without anybody who does, it does nothing.
    pub(crate) fn stop_acting(&mut self, keep: &[&str]) -> Result<(), Error> {
        if self.open().actor().is_none() {
            return self.check_open("stop_acting");
        }
        let edit = Edit::Act { mask: None, keep };
        self.apply("stop_acting", edit).map(drop)
    }

    /// Returns who is signed in and acts as nobody else.
    fn signed_in(&mut self, to: &str) -> Result<String, Error> {
        let state = self.open();
        let acts = state.actor().is_some();
        let subject = state.record().and_then(|record| record.subject.as_deref());
        match subject {
            Some(subject) if !acts => Ok(subject.to_owned()),
            Some(_) => Err(Error::not_permitted(format!(
                "a visitor who acts as somebody else cannot {to}: call `stop_acting` first"
            ))),
            None => Err(Error::not_permitted(format!(
                "nobody is signed in who could {to}: call `sign_in` first"
            ))),
        }
    }
}
