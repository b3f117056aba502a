//! Gives places to text that a type borrows.
//!
//! A `&str` can be written under a string key, but never read as one, because it would borrow from the
//! session. To prove that such a value comes back, each text that its type asks to borrow gets a place in
//! static memory that stands for it. Equal texts get the same place, and places are ordered like their
//! texts, so that maps and sets of them come out as they were. When the value is written again, each place
//! is replaced by its text.

/// The most different texts in one value.
const MOST: usize = 4_096;

/// The memory of the places: each is one of its prefixes.
static PLACES: [u8; MOST] = [1; MOST];

/// The texts that the places of one value stand for.
#[derive(Debug, Default)]
pub(super) struct Places {
    /// Each once, in ascending order.
    texts: Vec<String>,
}

impl Places {
    /// Gives places to these texts; `None` if they are too many.
    pub(super) fn of(mut texts: Vec<String>) -> Option<Places> {
        texts.sort_unstable();
        texts.dedup();
        (texts.len() <= MOST).then_some(Places { texts })
    }

    /// Returns the first place. It is the only one if there is at most one text.
    pub(super) fn first() -> &'static str {
        beginning(1)
    }

    pub(super) fn len(&self) -> usize {
        self.texts.len()
    }

    /// Returns the place of a text; `None` if it has none.
    pub(super) fn place(&self, text: &str) -> Option<&'static str> {
        let at = self
            .texts
            .binary_search_by(|found| found.as_str().cmp(text));
        at.ok().map(|at| beginning(at + 1))
    }

    /// Returns the text that `place` stands for; `None` if it is not a place. A place is known by its address,
    /// and not by its content.
    pub(super) fn text(&self, place: &str) -> Option<&str> {
        let is_place = std::ptr::eq(place.as_ptr(), PLACES.as_ptr());
        if !is_place {
            return None;
        }
        let at = place.len().checked_sub(1)?;
        self.texts.get(at).map(String::as_str)
    }
}

fn beginning(length: usize) -> &'static str {
    let bytes = PLACES.get(..length).unwrap_or_default();
    std::str::from_utf8(bytes).unwrap_or_default()
}
