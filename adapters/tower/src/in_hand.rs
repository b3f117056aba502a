//! What a layer puts into the extensions of a request.

use std::fmt;
use std::ops::Deref;

use http::Extensions;
use sealed_session::{Error, Session, SessionManager, adapter};

/// The session of a request, as its handler has it in hand: [`SessionLayer`](crate::SessionLayer) puts it into the
/// request's extensions. It derefs to the [`Session`].
///
/// A panic that unwinds past it holds back what the handler changed, even if a layer between catches the panic. A clone is
/// in hand as well, because many a layer clones requests on their way. So hand a task that may panic by itself a
/// clone of the session:
///
/// ```
/// use http::Request;
/// use sealed_session_tower::{Error, InHand, Session};
///
/// fn note<B>(request: &Request<B>) -> Result<(), Error> {
///     let in_hand = request.extensions().get::<InHand>();
///     let in_hand = in_hand.ok_or_else(|| Error::misuse("no session layer is around this service"))?;
///     let session = Session::clone(in_hand);
///     std::thread::spawn(move || session.insert("noted", true));
///     in_hand.insert("seen", true)
/// }
/// # assert!(note(&Request::new(())).unwrap_err().is_misuse());
/// ```
pub struct InHand {
    session: Session,
    /// Those of the layers around.
    outer: Option<Box<InHand>>,
}

impl InHand {
    /// Returns the session among a request's extensions: that of this layer, or one that an adapter of yours put there as a
    /// plain [`Session`], whichever is further inside.
    ///
    /// ```
    /// use sealed_session_tower::InHand;
    ///
    /// let mut extensions = http::Extensions::new();
    /// assert!(InHand::find(&extensions).is_none());
    ///
    /// extensions.insert(sealed_session_tower::testing::session());
    /// assert!(InHand::find(&extensions).is_some());
    /// ```
    #[must_use]
    pub fn find(extensions: &Extensions) -> Option<&Session> {
        // `take` takes a plain one out, so one that is there was put there later.
        let plain = extensions.get::<Session>();
        plain.or_else(|| extensions.get::<InHand>().map(|in_hand| &in_hand.session))
    }

    /// Takes out what the layers around put there, and what an adapter of somebody's own put there inside of these.
    pub(crate) fn take(extensions: &mut Extensions) -> Option<InHand> {
        let layers = extensions.remove::<InHand>();
        match extensions.remove::<Session>() {
            None => layers,
            Some(session) => Some(InHand {
                session,
                outer: layers.map(Box::new),
            }),
        }
    }

    /// Puts a session there, in one value: each costs an allocation, and room in a table that a framework fills, too.
    #[inline]
    pub(crate) fn put(extensions: &mut Extensions, session: &Session, outer: Option<InHand>) {
        extensions.insert(InHand {
            session: adapter::in_hand(session),
            outer: outer.map(Box::new),
        });
    }

    /// Lets a layer inside load sessions of its own, unless they collide with one of these.
    pub(crate) fn admit(&self, manager: &SessionManager) -> Result<(), Error> {
        let mut around = Some(self);
        while let Some(InHand { session, outer }) = around {
            adapter::nested(session, manager)?;
            around = outer.as_deref();
        }
        Ok(())
    }
}

impl Deref for InHand {
    type Target = Session;

    fn deref(&self) -> &Session {
        &self.session
    }
}

impl Clone for InHand {
    fn clone(&self) -> InHand {
        InHand {
            session: adapter::in_hand(&self.session),
            outer: self.outer.clone(),
        }
    }
}

impl fmt::Debug for InHand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("InHand").field(&self.session).finish()
    }
}
