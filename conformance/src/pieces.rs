//! A body that is streamed.

use sealed_session::Session;

/// The pieces of a streamed body. The last one tries to change the session, long after the response
/// head, and tells what it was told.
///
/// ```
/// use conformance::{Pieces, Site};
/// use sealed_session::testing;
///
/// let mut pieces: Pieces = Site::usual()?.pieces(&testing::session());
/// assert_eq!(pieces.next().as_deref(), Some("first, "));
/// # Ok::<(), conformance::Failure>(())
/// ```
#[derive(Debug)]
pub struct Pieces {
    session: Session,
    next: usize,
}

impl Pieces {
    pub(crate) fn new(session: &Session) -> Pieces {
        Pieces {
            session: session.clone(),
            next: 0,
        }
    }
}

impl Iterator for Pieces {
    type Item = String;

    fn next(&mut self) -> Option<String> {
        self.next += 1;
        match self.next {
            1 => Some("first, ".to_owned()),
            2 => Some("second, ".to_owned()),
            3 => Some(late(&self.session).to_owned()),
            _ => None,
        }
    }
}

/// What a change is told after the response head.
pub(crate) fn late(session: &Session) -> &'static str {
    match session.insert("late", true) {
        Ok(()) => "accepted",
        Err(error) if error.is_too_late() => "too late",
        Err(_) => "refused",
    }
}
