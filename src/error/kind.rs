//! The kinds of errors, and the text of each.

use std::fmt;

use super::unstored::Unstored;
use super::{Oversize, Refusal};

/// A kind of error, with the names and sizes involved.
#[derive(Clone)]
pub(super) enum ErrorKind {
    Configuration(String),
    Misuse(String),
    Key {
        place: Option<String>,
        what: String,
    },
    Randomness(String),
    NotRepresentable {
        attribute: String,
        what: String,
    },
    Unsealed {
        purpose: String,
        what: String,
    },
    Unreadable {
        attribute: String,
        what: String,
    },
    TooLarge(Oversize),
    Overflow {
        oversize: Oversize,
        unstored: Unstored,
    },
    Unfetched,
    HeldBack {
        attribute: String,
    },
    Expired {
        refusal: Refusal,
    },
    Poisoned,
    TooLate {
        attribute: String,
    },
    Linked {
        attribute: String,
    },
    Unlinked,
    OffLoopback {
        host: String,
    },
    NotPermitted(String),
    Revocation(String),
}

impl ErrorKind {
    /// Returns its label for metrics.
    pub(super) fn label(&self) -> &'static str {
        match self {
            ErrorKind::Configuration(_) => "configuration",
            ErrorKind::Expired { .. } => "expired",
            ErrorKind::HeldBack { .. } => "held_back",
            ErrorKind::Key { .. } => "key",
            ErrorKind::Linked { .. } => "linked",
            ErrorKind::Misuse(_) => "misuse",
            ErrorKind::NotPermitted(_) => "not_permitted",
            ErrorKind::NotRepresentable { .. } | ErrorKind::Unsealed { .. } => "not_representable",
            ErrorKind::OffLoopback { .. } => "off_loopback",
            ErrorKind::Overflow { .. } => "overflow",
            ErrorKind::Poisoned => "poisoned",
            ErrorKind::Randomness(_) => "randomness",
            ErrorKind::Revocation(_) => "revocation",
            ErrorKind::TooLarge(_) => "too_large",
            ErrorKind::TooLate { .. } => "too_late",
            ErrorKind::Unfetched => "unfetched",
            ErrorKind::Unlinked => "unlinked",
            ErrorKind::Unreadable { .. } => "unreadable",
        }
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ErrorKind::Configuration(what) => write!(f, "configuration: {what}"),
            ErrorKind::Misuse(what) => write!(f, "misuse: {what}"),
            ErrorKind::Key { place: None, what } => write!(f, "key: {what}"),
            ErrorKind::Key {
                place: Some(place),
                what,
            } => write!(f, "key in {place}: {what}"),
            ErrorKind::Randomness(cause) => {
                write!(f, "the operating system gave no random bytes: {cause}")
            }
            ErrorKind::NotRepresentable { attribute, what } => {
                write!(f, "attribute `{attribute}` was not stored: {what}")
            }
            ErrorKind::Unsealed { purpose, what } => {
                write!(f, "ticket `{purpose}` was not sealed: {what}")
            }
            ErrorKind::Unreadable { attribute, what } => {
                write!(f, "attribute `{attribute}` is not readable here: {what}")
            }
            ErrorKind::Expired { refusal } => write!(
                f,
                "{refusal} while its handler ran; what was changed is not sent, because it must \
                 not revive the session"
            ),
            ErrorKind::Poisoned => f.write_str(
                "a panic unwound past a handle of this session; nothing of this request is sent",
            ),
            ErrorKind::TooLarge(oversize) => oversize.fmt(f),
            ErrorKind::Overflow { oversize, unstored } => {
                write!(f, "the session has to be stored, and {unstored}; {oversize}")
            }
            ErrorKind::Unfetched => f.write_str(
                "a session began in place of one that is stored and was not fetched; what was changed is not sent, \
                 because the visitor's own session counts again when the store answers",
            ),
            ErrorKind::TooLate { attribute } => write!(
                f,
                "`{attribute}` came too late: the response head is out and its cookies with it; \
                 change the session before the handler returns"
            ),
            ErrorKind::HeldBack { attribute } => write!(
                f,
                "`{attribute}` came too late: a value was refused or a commit failed, and nothing of this \
                 request is sent"
            ),
            ErrorKind::Linked { attribute } => write!(
                f,
                "`{attribute}` came too late: a link was made that carries the session as it was; \
                 change the session before the first `encode_url`"
            ),
            ErrorKind::Unlinked => f.write_str(
                "the session travels in links, was changed, and no link was made to carry it; put the \
                 links of the page, or the target of its redirect, through `encode_url`",
            ),
            ErrorKind::NotPermitted(what) => write!(f, "not permitted: {what}"),
            ErrorKind::Revocation(what) => write!(f, "revocations: {what}"),
            ErrorKind::OffLoopback { host } => write!(
                f,
                "the development cookie profile serves this machine and the hosts that it was told of, and \
                 the request names `{host}`; to serve plain http there, as in development, add \
                 `.plain_http_host(..)` with that name and without the port; in production use \
                 `CookieSpec::new` and https; in a test send `Host: localhost`"
            ),
        }
    }
}
