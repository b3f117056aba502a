//! The form of a value: everything that it writes, in a canonical order.
//!
//! Two values are the same if their forms are. A form keeps parts that no codec writes: names, and the kind
//! of every call. It leaves out one thing: the order of a map or a set that has none. Its elements are
//! sorted, each as a whole with everything in it. Lists, tuples and ordered maps keep their order.

mod write;

use std::cell::{Cell, RefCell};

pub(super) use write::{FormFailure, FormOptions, form};

/// Whether the elements of a container have an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ElementOrder {
    /// They have none.
    Free,
    /// The container keeps the order in which they were put in.
    Kept,
    /// The types do not tell.
    Unknown,
}

impl ElementOrder {
    /// Judges by the name of the type that a reader makes. serde tells no more of a visitor. A type that is not
    /// recognised counts as ordered: at worst a good value is refused.
    pub(super) fn of_value(name: &str) -> ElementOrder {
        if is_hashed(name) {
            ElementOrder::Free
        } else {
            ElementOrder::Kept
        }
    }

    /// Judges by the name of the iterator's type from which a writer takes the elements.
    fn of_iterator(name: &str) -> ElementOrder {
        match name.strip_prefix('&') {
            _ if is_hashed(name.trim_start_matches('&')) => ElementOrder::Free,
            // A reference names the container itself. Another iterator may come from anywhere.
            Some(_) => ElementOrder::Kept,
            None => ElementOrder::Unknown,
        }
    }
}

/// Returns whether a type of this name is a hashed map or set, or an iterator over all of one. Keys or values
/// alone are lists, whose order has to agree with that of other lists.
fn is_hashed(name: &str) -> bool {
    // Nearly all containers are lists of the standard library.
    if name.starts_with("alloc::") {
        return false;
    }
    let path = name.split('<').next().unwrap_or_default();
    let last = path.rsplit("::").next().unwrap_or_default();
    let whole = matches!(last, "Iter" | "IntoIter" | "Drain");
    let of_hashed = path.starts_with("std::collections::hash::") || path.starts_with("hashbrown::");
    matches!(last, "HashMap" | "HashSet" | "DashMap" | "DashSet") || whole && of_hashed
}

/// The order of each container that a reader makes of a value, numbered as they are opened.
#[derive(Debug, Default)]
pub(super) struct Containers {
    opened: Cell<usize>,
    /// Those that are not ordered for certain.
    free: RefCell<Vec<(usize, ElementOrder)>>,
}

impl Containers {
    /// Notes the order of the next container.
    pub(super) fn note(&self, kept: ElementOrder) {
        if kept != ElementOrder::Kept {
            self.free.borrow_mut().push((self.opened.get(), kept));
        }
    }

    /// Passes so many containers.
    pub(super) fn pass(&self, count: usize) {
        self.opened.set(self.opened.get() + count);
    }

    /// Returns what was noted last of a container.
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
