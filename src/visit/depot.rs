//! What one request knows of deposits: what it fetched for a session, and what it put there.

use std::sync::Arc;

use super::config::Config;
use crate::error::{Refusal, Unstored};
use crate::payload::{Attributes, BESIDE_MAX};
use crate::seal::{Binding, Deposit, DepositName};

/// The deposits of one slot, in one request.
#[derive(Default)]
pub(super) struct Depot {
    fetched: Vec<(DepositName, Fetched)>,
    pub(super) put: Option<Put>,
}

/// The answer of the store to one name.
pub(super) enum Fetched {
    Sealed(Vec<u8>),
    Nothing,
    Failed,
}

/// A deposit of the session as it is.
pub(super) struct Put {
    pub(super) deposit: Deposit,
    pub(super) stage: Stage,
}

/// How far a deposit has come.
pub(super) enum Stage {
    /// It is sealed, and waits to be put.
    Due(Vec<u8>),
    Asked,
    Kept,
    Failed(Arc<str>),
}

impl Depot {
    pub(super) fn was_fetched(&self, name: &DepositName) -> bool {
        self.fetched(name).is_some()
    }

    pub(super) fn note(&mut self, name: DepositName, fetched: Fetched) {
        self.fetched.push((name, fetched));
    }

    fn fetched(&self, name: &DepositName) -> Option<&Fetched> {
        let mut all = self.fetched.iter();
        all.find_map(|(fetched, found)| (fetched == name).then_some(found))
    }

    /// Notes how putting the deposit `name` went, if it is still what the session is to be sent with.
    pub(super) fn settle(&mut self, name: &DepositName, stage: Stage) {
        if let Some(put) = &mut self.put
            && put.deposit.name() == name
        {
            put.stage = stage;
        }
    }

    /// Returns the deposit to send the session with, or why there is none.
    pub(super) fn kept(&self) -> Result<&Deposit, Unstored> {
        match &self.put {
            None => Err(Unstored::NotAsked),
            Some(Put { deposit, stage }) => match stage {
                Stage::Due(_) | Stage::Asked => Err(Unstored::NotAsked),
                Stage::Kept => Ok(deposit),
                Stage::Failed(cause) => Err(Unstored::Failed(Arc::clone(cause))),
            },
        }
    }
}

/// Returns the attributes of a session that are in a deposit.
#[inline(never)]
pub(super) fn complete(
    config: &Config,
    depot: Option<&Depot>,
    deposit: &Deposit,
    binding: &Binding,
) -> Result<Attributes, Refusal> {
    // Without a store nothing is ever fetched.
    let overflow = config.overflow.as_ref().ok_or(Refusal::Missing)?;
    let fetched = depot.and_then(|depot| depot.fetched(deposit.name()));
    match fetched.ok_or(Refusal::NotFetched)? {
        Fetched::Failed => Err(Refusal::NotFetched),
        Fetched::Nothing => Err(Refusal::Missing),
        Fetched::Sealed(sealed) if sealed.len() > overflow.limit() + BESIDE_MAX => {
            Err(Refusal::OverCeiling)
        }
        Fetched::Sealed(sealed) => {
            let contents = deposit.open(binding, sealed).ok_or(Refusal::Missing)?;
            Attributes::decode_apart(&contents, overflow.limit())
        }
    }
}
