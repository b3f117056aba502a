//! Places for text that a type borrows.
//!
//! A `&str` under a string key is written, and can never be read as one: it would borrow from the
//! session. To prove it all the same, each text that a type asks to borrow is given a place that
//! stands for it: equal texts the same one, and in the order of the texts, so that maps and sets of
//! them come out as they were. Where what was read is written again, a place says its text.

/// The most different texts of one value.
const MOST: usize = 4_096;

/// Places are its beginnings.
static PLACES: [u8; MOST] = [1; MOST];

/// What the places of one value stand for.
#[derive(Debug, Default)]
pub(super) struct Places {
    /// Each once, in ascending order.
    texts: Vec<String>,
}

impl Places {
    /// Places for these; `None` if they are too many.
    pub(super) fn of(mut texts: Vec<String>) -> Option<Places> {
        texts.sort_unstable();
        texts.dedup();
        (texts.len() <= MOST).then_some(Places { texts })
    }

    /// The only place, if there is one text at most.
    pub(super) fn first() -> &'static str {
        beginning(1)
    }

    pub(super) fn len(&self) -> usize {
        self.texts.len()
    }

    /// The place of a text; `None` if it has none.
    pub(super) fn place(&self, text: &str) -> Option<&'static str> {
        let at = self
            .texts
            .binary_search_by(|found| found.as_str().cmp(text));
        at.ok().map(|at| beginning(at + 1))
    }

    /// What `place` stands for; `None` if it is no place. It is known by where it lies, and not by
    /// what it says.
    pub(super) fn text(&self, place: &str) -> Option<&str> {
        let is_place = std::ptr::eq(place.as_ptr(), PLACES.as_ptr());
        let at = place.len().checked_sub(1).filter(|_| is_place)?;
        self.texts.get(at).map(String::as_str)
    }
}

fn beginning(length: usize) -> &'static str {
    let bytes = PLACES.get(..length).unwrap_or_default();
    std::str::from_utf8(bytes).unwrap_or_default()
}
