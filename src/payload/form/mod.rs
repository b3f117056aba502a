//! The form of a value: everything that it writes, in one order.
//!
//! Two values are the same if their forms are. A form keeps what no codec writes (names, the kind of
//! every call) and forgets one thing: the order of a map or a set that has none. There each element
//! is forgiven its place, as a whole and with all that is in it; in lists, tuples and maps with an
//! order nothing is.

mod write;

use std::cell::{Cell, RefCell};

pub(super) use write::{Making, form};

/// What is known of the order of a container.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kept {
    /// It has none.
    None,
    /// It keeps the order in which it was made.
    Order,
    /// Nobody says.
    Unknown,
}

impl Kept {
    /// What the name of a type says that a reader makes. It is all that serde tells of a visitor. A
    /// type that is not recognised keeps an order: at worst a good value is refused.
    pub(super) fn of_value(name: &str) -> Kept {
        if is_hashed(name) {
            Kept::None
        } else {
            Kept::Order
        }
    }

    /// What the name of an iterator's type says, from which a writer takes the elements.
    fn of_iterator(name: &str) -> Kept {
        match name.strip_prefix('&') {
            _ if is_hashed(name.trim_start_matches('&')) => Kept::None,
            // A container tells itself; another iterator may come from anywhere.
            Some(_) => Kept::Order,
            None => Kept::Unknown,
        }
    }
}

/// Whether a type of this name is a map or a set by hashes, or an iterator over all of one. Keys or
/// values by themselves are lists, whose order has to agree with that of others.
fn is_hashed(name: &str) -> bool {
    // Nearly all containers are the standard library's lists, and none of those.
    if name.starts_with("alloc::") {
        return false;
    }
    let path = name.split('<').next().unwrap_or_default();
    let last = path.rsplit("::").next().unwrap_or_default();
    let whole = matches!(last, "Iter" | "IntoIter" | "Drain");
    let of_hashed = path.starts_with("std::collections::hash::") || path.starts_with("hashbrown::");
    matches!(last, "HashMap" | "HashSet" | "DashMap" | "DashSet") || whole && of_hashed
}

/// What a reader makes of each container of a value, numbered as they are opened.
#[derive(Debug, Default)]
pub(super) struct Containers {
    opened: Cell<usize>,
    /// Those that do not keep their order, or of which nobody says.
    free: RefCell<Vec<(usize, Kept)>>,
}

impl Containers {
    /// Notes the next one.
    pub(super) fn note(&self, kept: Kept) {
        if kept != Kept::Order {
            self.free.borrow_mut().push((self.opened.get(), kept));
        }
    }

    /// Passes so many.
    pub(super) fn pass(&self, count: usize) {
        self.opened.set(self.opened.get() + count);
    }

    /// What was noted last of one.
    fn kept(&self, number: usize) -> Kept {
        let free = self.free.borrow();
        let at = free.partition_point(|(noted, _)| *noted <= number);
        match at.checked_sub(1).and_then(|at| free.get(at)) {
            Some((noted, kept)) if *noted == number => *kept,
            _ => Kept::Order,
        }
    }
}

#[cfg(test)]
mod attacks;
#[cfg(test)]
mod tests;
