//! Sends events where they are heard.
//!
//! Owns who hears: `tracing`, and the hook. What is said is `Event`'s.

use std::cell::Cell;
use std::fmt;
use std::sync::Arc;

use tracing::level_filters::LevelFilter;

use super::{Event, trace};

thread_local! {
    /// Whether an event is being told. A hook that raises another one would never end.
    static TELLING: Cell<bool> = const { Cell::new(false) };
}

/// Marks that an event is being told, and ends that when dropped, even if the hook panics.
struct Telling;

impl Telling {
    /// Begins to tell an event; `None` within another one.
    fn begin() -> Option<Telling> {
        // While the thread ends its variables are gone, and events are told without them.
        let nested = TELLING.try_with(|telling| telling.replace(true));
        match nested {
            Ok(true) => None,
            Ok(false) | Err(_) => Some(Telling),
        }
    }
}

impl Drop for Telling {
    fn drop(&mut self) {
        let _ = TELLING.try_with(|telling| telling.set(false));
    }
}

/// Sends events to `tracing` and to the hook.
#[derive(Clone, Default)]
pub(crate) struct Observer {
    hook: Option<Arc<Hook>>,
}

type Hook = dyn Fn(&Event, &str) + Send + Sync;

impl Observer {
    pub(crate) fn new(hook: impl Fn(&Event, &str) + Send + Sync + 'static) -> Observer {
        Observer {
            hook: Some(Arc::new(hook)),
        }
    }

    pub(crate) fn has_hook(&self) -> bool {
        self.hook.is_some()
    }

    /// Returns whether somebody may hear of everyday events. If nobody does, they are not made. This is asked under a
    /// lock, so no subscriber is: `tracing::enabled!` would run its filters, which may use the session.
    pub(crate) fn hears_everyday(&self) -> bool {
        self.has_hook() || LevelFilter::current() >= LevelFilter::DEBUG
    }

    /// Tells an event of the session in this cookie. No lock is held.
    pub(crate) fn tell(&self, event: &Event, cookie: &str) {
        let Some(_telling) = Telling::begin() else {
            return;
        };
        trace(event, cookie);
        if let Some(hook) = &self.hook {
            hook(event, cookie);
        }
    }
}

impl fmt::Debug for Observer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Observer")
            .field("hook", &self.hook.is_some())
            .finish()
    }
}
