//! The form of a value: everything that it writes, in one order.
//!
//! Two values are the same if their forms are. A form keeps what no codec writes (names, the kind of
//! every call) and forgets one thing: the order of a map or a set that has none. There each element
//! is forgiven its place, as a whole and with all that is in it; in lists, tuples and maps with an
//! order nothing is.

mod write;

use std::cell::{Cell, RefCell};

pub(super) use write::{FormOptions, form};

/// What is known of the order of a container.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ElementOrder {
    /// It has none.
    Free,
    /// It keeps the order in which it was made.
    Kept,
    /// Nobody says.
    Unknown,
}

impl ElementOrder {
    /// What the name of a type says that a reader makes. It is all that serde tells of a visitor. A
    /// type that is not recognised keeps an order: at worst a good value is refused.
    pub(super) fn of_value(name: &str) -> ElementOrder {
        if is_hashed(name) {
            ElementOrder::Free
        } else {
            ElementOrder::Kept
        }
    }

    /// What the name of an iterator's type says, from which a writer takes the elements.
    fn of_iterator(name: &str) -> ElementOrder {
        match name.strip_prefix('&') {
            _ if is_hashed(name.trim_start_matches('&')) => ElementOrder::Free,
            // A container tells itself; another iterator may come from anywhere.
            Some(_) => ElementOrder::Kept,
            None => ElementOrder::Unknown,
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
    free: RefCell<Vec<(usize, ElementOrder)>>,
}

impl Containers {
    /// Notes the next one.
    pub(super) fn note(&self, kept: ElementOrder) {
        if kept != ElementOrder::Kept {
            self.free.borrow_mut().push((self.opened.get(), kept));
        }
    }

    /// Passes so many.
    pub(super) fn pass(&self, count: usize) {
        self.opened.set(self.opened.get() + count);
    }

    /// What was noted last of one.
    fn kept(&self, number: usize) -> ElementOrder {
        let free = self.free.borrow();
        let at = free.partition_point(|(noted, _)| *noted <= number);
        match at.checked_sub(1).and_then(|at| free.get(at)) {
            Some((noted, kept)) if *noted == number => *kept,
            _ => ElementOrder::Kept,
        }
    }
}

#[cfg(test)]
mod attacks;
#[cfg(test)]
mod tests;
