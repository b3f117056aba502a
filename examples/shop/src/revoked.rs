//! Who was signed out: in the memory of this process, or in a store that several processes share.

use axum::http::StatusCode;
use axum::response::ErrorResponse;
use sealed_session_axum::revocation::{Revocation, RevocationTable, Revocations};
use sealed_session_redis::SharedRevocations;
use time::OffsetDateTime;

use crate::figures::ago;

/// Where a server looks for who was signed out.
#[derive(Clone, Debug)]
pub enum Revoked {
    /// In the memory of this process, which all of its servers share.
    Here(RevocationTable),
    /// In a copy of its own of what is in a store.
    Shared(SharedRevocations),
}

/// Who knows of a sign-out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    /// Every server, or it will within milliseconds.
    Everybody,
    /// This server, and the others when the store is back.
    ThisServer,
}

impl Revoked {
    /// Keeps what was revoked.
    ///
    /// # Errors
    ///
    /// If there is no room. Nobody is signed out then, so the answer must not say so.
    pub(crate) async fn add(
        &self,
        revocations: Vec<Revocation>,
        now: OffsetDateTime,
    ) -> Result<Reach, ErrorResponse> {
        match self {
            Revoked::Here(table) => {
                table.add(revocations, now)?;
                Ok(Reach::Everybody)
            }
            Revoked::Shared(shared) => match shared.revoke(revocations, now).await {
                Ok(()) => Ok(Reach::Everybody),
                Err(error) if error.is_full() => Err(NO_ROOM.into()),
                // The store's, which the log tells. This server has it, and writes it when the store is back.
                Err(_) => Ok(Reach::ThisServer),
            },
        }
    }

    /// Says how recent the knowledge of this server is, if others sign out as well.
    pub(crate) fn freshness(&self, now: OffsetDateTime) -> Option<String> {
        let Revoked::Shared(shared) = self else {
            return None;
        };
        let status = shared.status();
        let kept = status.len;
        let as_of = match status.as_of {
            Some(as_of) => format!("known as of {}", ago(as_of, now)),
            None => "not known to be all".to_owned(),
        };
        // More is in the log: the text of an error names the store's address, and anybody may see a page.
        let fault = match status.error {
            None => "",
            Some(error) if error.is_unreachable() => ", and the store does not answer",
            Some(_) => ", and the store refuses or fails",
        };
        let behind = if status.is_behind {
            ", and some not written yet"
        } else {
            ""
        };
        Some(format!("{kept} kept, {as_of}{fault}{behind}"))
    }
}

const NO_ROOM: (StatusCode, &str) = (
    StatusCode::SERVICE_UNAVAILABLE,
    "There is no room for another sign-out. Nobody was signed out.",
);

impl From<Revoked> for Revocations {
    fn from(revoked: Revoked) -> Revocations {
        match revoked {
            Revoked::Here(table) => table.into(),
            Revoked::Shared(shared) => shared.into(),
        }
    }
}
