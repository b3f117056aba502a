//! The names of the keys in a store.

use std::sync::Arc;

/// The keys of revocations. The braces are a hash tag: a cluster keeps all keys of a prefix in one slot.
#[derive(Clone)]
pub(crate) struct Keys {
    pub(crate) stream: Arc<str>,
    pub(crate) about: Arc<str>,
    pub(crate) lock: Arc<str>,
}

impl Keys {
    pub(crate) fn of(prefix: &str) -> Keys {
        let key = |name: &str| format!("{{{prefix}}}:{name}").into();
        Keys {
            stream: key("revocations"),
            about: key("about"),
            lock: key("lock"),
        }
    }
}
