//! The part of a request that may be its session.

use smallvec::SmallVec;

use super::source::Source;
use crate::cookie::{Candidates, ClearView, Jar, MARK_MAX, MARKS_KEPT, trim};
use crate::error::Refusal;

/// The part of a request that may be its session, by the one carrier that counts.
#[derive(Clone)]
pub(crate) enum Incoming {
    /// Cookies, if any.
    Cookies(Jar),
    /// Cookies without a session among them. The browser may have one, and have kept it back because
    /// another site caused the request.
    Withheld(Jar),
    /// A header field, and its touch.
    Field(Single),
    /// A link.
    Link(Single),
    /// Nothing that is read: a development profile does not serve this host.
    Barred(String),
}

/// A token that came in one piece, with its touches. It does not say under which name it was sealed,
/// so it stands for every family.
#[derive(Clone)]
pub(crate) struct Single {
    /// The text, empty if nothing came, or why it is no token.
    text: Result<Vec<u8>, Refusal>,
    /// `None` is one that is too long for any version that this one knows.
    touches: SmallVec<[Option<Vec<u8>>; 1]>,
}

impl Single {
    pub(super) fn new(text: Result<Vec<u8>, Refusal>) -> Single {
        Single {
            text,
            touches: SmallVec::new(),
        }
    }

    /// Adds a touch, as long as there are not too many.
    pub(super) fn add_touch(&mut self, value: &[u8]) {
        let value = trim(value);
        if self.touches.len() < usize::from(MARKS_KEPT) {
            let fits = value.len() <= MARK_MAX;
            self.touches
                .push(if fits { Some(value.to_vec()) } else { None });
        }
    }

    fn touches(&self) -> impl Iterator<Item = Option<&[u8]>> {
        self.touches.iter().map(Option::as_deref)
    }

    fn is_empty(&self) -> bool {
        let may_be_token = matches!(self.text.as_deref(), Ok([b'A', ..]));
        !may_be_token && self.touches.is_empty()
    }

    /// Returns what came, if anything did.
    fn came(&self) -> Option<Result<&[u8], Refusal>> {
        match &self.text {
            Ok(text) if text.is_empty() => None,
            Ok(text) => Some(Ok(text)),
            Err(refusal) => Some(Err(*refusal)),
        }
    }
}

impl Incoming {
    /// Returns the cookies, if the session travels in them.
    #[inline]
    pub(crate) fn jar(&self) -> Option<&Jar> {
        match self {
            Incoming::Cookies(jar) | Incoming::Withheld(jar) => Some(jar),
            Incoming::Field(_) | Incoming::Link(_) | Incoming::Barred(_) => None,
        }
    }

    fn single(&self) -> Option<&Single> {
        match self {
            Incoming::Field(single) | Incoming::Link(single) => Some(single),
            Incoming::Cookies(_) | Incoming::Withheld(_) | Incoming::Barred(_) => None,
        }
    }

    /// Returns by which carrier it came, and so by which the answer goes.
    pub(crate) fn source(&self) -> Source {
        match self {
            Incoming::Cookies(_) | Incoming::Withheld(_) | Incoming::Barred(_) => Source::Cookie,
            Incoming::Field(_) => Source::Field,
            Incoming::Link(_) => Source::Link,
        }
    }

    /// Returns whether nothing of a session came. Garbage is nothing: another site may have sent it.
    pub(crate) fn is_empty(&self) -> bool {
        self.jar().is_none_or(Jar::is_empty) && self.single().is_none_or(Single::is_empty)
    }

    /// Returns the texts that may be tokens of one family.
    #[inline]
    pub(crate) fn candidates(&self, family: usize) -> Candidates<'_> {
        match self {
            Incoming::Cookies(jar) | Incoming::Withheld(jar) => Candidates::of(jar, family),
            Incoming::Field(single) | Incoming::Link(single) => match single.came() {
                Some(text) => Candidates::of_one(text),
                None => Candidates::default(),
            },
            Incoming::Barred(_) => Candidates::default(),
        }
    }

    /// Returns whether a touch of one family came, be it one that is too long.
    pub(crate) fn has_touch(&self, family: usize) -> bool {
        match self {
            Incoming::Cookies(jar) | Incoming::Withheld(jar) => {
                jar.touches(family).next().is_some()
            }
            Incoming::Field(single) | Incoming::Link(single) => !single.touches.is_empty(),
            Incoming::Barred(_) => false,
        }
    }

    /// Shows each touch of one family that may be one.
    ///
    /// Each carrier has a loop of its own, because nearly no request brings a touch, and every look asks.
    #[inline]
    pub(crate) fn each_touch<'a>(&'a self, family: usize, mut see: impl FnMut(&'a [u8])) {
        match self {
            Incoming::Cookies(jar) | Incoming::Withheld(jar) => {
                jar.touches(family).flatten().for_each(&mut see);
            }
            Incoming::Field(single) | Incoming::Link(single) => {
                single.touches().flatten().for_each(&mut see);
            }
            Incoming::Barred(_) => {}
        }
    }

    /// Returns what can be read of one family without opening anything.
    pub(crate) fn clear_view(&self, family: usize) -> ClearView<'_> {
        match self {
            Incoming::Cookies(jar) | Incoming::Withheld(jar) => ClearView::at(jar, family),
            Incoming::Field(single) | Incoming::Link(single) => match single.came() {
                Some(Ok(text)) => ClearView::of_one(text, single.touches()),
                Some(Err(_)) | None => ClearView::Nothing,
            },
            Incoming::Barred(_) => ClearView::Nothing,
        }
    }

    /// Returns the token as it came, if it came in one piece; empty otherwise.
    pub(crate) fn text(&self) -> &str {
        let text = self.single().and_then(|single| single.text.as_ref().ok());
        text.and_then(|text| str::from_utf8(text).ok())
            .unwrap_or_default()
    }
}
