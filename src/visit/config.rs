//! The checked configuration that all requests of one manager share.

use std::any::{TypeId, type_name};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::revoking::Revoking;
use crate::carrier::Carriers;
use crate::cookie::Budget;
use crate::cross_origin::CrossOrigin;
use crate::event::{Event, Observer};
use crate::hand_over::HandOver;
use crate::lifetime::Lifetime;
use crate::overflow::Overflow;
use crate::payload::Compression;
use crate::seal::{Binding, Sealer};
use crate::slot::{Main, Slot};

/// The configuration of one slot, ready for use.
#[derive(Debug)]
pub(crate) struct Config {
    pub(crate) sealer: Sealer,
    pub(crate) lifetime: Lifetime,
    pub(crate) budget: Budget,
    pub(crate) compression: Compression,
    pub(crate) carriers: Carriers,
    pub(crate) parting: Parting,
    pub(crate) cross_origin: CrossOrigin,
    /// What the names of revoked targets are bound to.
    pub(crate) revocation_binding: Binding,
    /// What form tokens are bound to.
    pub(crate) form_binding: Binding,
    /// What the names of things that count once are bound to.
    pub(crate) once_binding: Binding,
    /// Whom tickets are for.
    pub(crate) audience: String,
    pub(crate) revoking: Option<Box<Revoking>>,
    pub(crate) overflow: Option<Box<Overflow>>,
    /// This site and others, to hand visitors over.
    pub(crate) hand_over: Option<Box<HandOver>>,
    pub(crate) observer: Observer,
    pub(crate) plain_http_told: AtomicBool,
    /// The field of a request's span that takes the session's log id.
    pub(crate) log_id_field: Option<&'static str>,
}

impl Config {
    /// Returns whether nobody was told yet that browsers drop cookies over plain http. Once is enough: every
    /// sign-in there would say the same.
    pub(super) fn tells_plain_http(&self) -> bool {
        !self.plain_http_told.swap(true, Ordering::Relaxed)
    }

    /// Returns whether somebody is asked about revocations, or sessions may be stored.
    fn awaits(&self) -> bool {
        let asks = self
            .revoking
            .as_ref()
            .is_some_and(|revoking| revoking.asks());
        asks || self.overflow.is_some()
    }

    /// Returns the name of the session's cookie, which names the session in errors.
    pub(crate) fn cookie(&self) -> &str {
        self.carriers.cookies().own().names.base()
    }
}

/// The fields that go with the end of a session.
#[derive(Clone, Debug, Default)]
pub(crate) struct Parting {
    /// The elements of `Clear-Site-Data`, if any.
    pub(crate) clear_site_data: Vec<&'static str>,
    pub(crate) no_store: bool,
}

/// One slot of an application, and its configuration.
#[derive(Clone)]
pub(crate) struct SlotConfig {
    id: TypeId,
    /// The path of the type that names the slot.
    pub(crate) name: &'static str,
    pub(crate) config: Arc<Config>,
}

impl SlotConfig {
    pub(crate) fn of<S: Slot>(config: Arc<Config>) -> SlotConfig {
        SlotConfig {
            id: TypeId::of::<S>(),
            name: type_name::<S>(),
            config,
        }
    }

    /// Returns whether one type names both.
    pub(crate) fn is_same_slot(&self, other: &SlotConfig) -> bool {
        self.id == other.id
    }
}

/// All slots of an application, the main one first.
#[derive(Clone)]
pub(crate) struct SlotList {
    main: SlotConfig,
    others: Vec<SlotConfig>,
    /// Whether a slot has its log id recorded in the span of a request.
    records_log_ids: bool,
    /// Whether a slot may have something to wait for.
    awaits: bool,
}

impl SlotList {
    /// Makes a list of the main slot alone.
    pub(crate) fn new(main: Arc<Config>) -> SlotList {
        let mut main = SlotConfig::of::<Main>(main);
        // Its path is private.
        main.name = "Main";
        SlotList {
            records_log_ids: main.config.log_id_field.is_some(),
            awaits: main.config.awaits(),
            main,
            others: Vec::new(),
        }
    }

    /// Adds a slot at the end.
    pub(crate) fn push(&mut self, slot: SlotConfig) {
        self.records_log_ids |= slot.config.log_id_field.is_some();
        self.awaits |= slot.config.awaits();
        self.others.push(slot);
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &SlotConfig> + Clone {
        std::iter::once(&self.main).chain(&self.others)
    }

    pub(crate) fn main(&self) -> &Config {
        &self.main.config
    }

    /// Returns the configuration of the main slot, to be shared.
    pub(crate) fn main_config(&self) -> Arc<Config> {
        Arc::clone(&self.main.config)
    }

    /// Returns whether the main slot is the only one.
    pub(crate) fn is_single(&self) -> bool {
        self.others.is_empty()
    }

    /// Returns the configuration of the slot number `at`; the main one is number 0.
    pub(super) fn at(&self, at: usize) -> &Config {
        match at.checked_sub(1).and_then(|at| self.others.get(at)) {
            Some(other) => &other.config,
            None => &self.main.config,
        }
    }

    /// Returns whether a slot has its log id recorded in the span of a request.
    pub(super) fn records_log_ids(&self) -> bool {
        self.records_log_ids
    }

    /// Returns whether a slot may have something to wait for.
    #[inline]
    pub(crate) fn awaits(&self) -> bool {
        self.awaits
    }

    /// Returns whether anybody hears of everyday events of the slot number `at`.
    pub(super) fn hears_everyday(&self, at: usize) -> bool {
        self.observer(at).hears_everyday()
    }

    /// Tells an event of the slot number `at`. No lock is held.
    pub(crate) fn tell(&self, at: usize, event: &Event) {
        self.observer(at).tell(event, self.at(at).cookie());
    }

    /// Returns who hears of the slot number `at`: a hook of its own, or that of the main slot.
    fn observer(&self, at: usize) -> &Observer {
        let own = &self.at(at).observer;
        if own.has_hook() {
            own
        } else {
            &self.main().observer
        }
    }

    /// Returns the number of the slot `S`.
    pub(crate) fn find<S: Slot>(&self) -> Option<usize> {
        let wanted = TypeId::of::<S>();
        self.iter().position(|slot| slot.id == wanted)
    }
}
