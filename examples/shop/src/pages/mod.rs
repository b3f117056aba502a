//! The pages, one a file, each with the handlers of its forms.

pub(crate) mod cart;
pub(crate) mod confirm;
mod cookies;
pub(crate) mod devices;
mod gauge;
pub(crate) mod hand_over;
pub(crate) mod health;
pub(crate) mod inspect;
pub(crate) mod missing;
pub(crate) mod order;
pub(crate) mod oversize;
pub(crate) mod refused;
pub(crate) mod reset;
pub(crate) mod shelf;
pub(crate) mod sign_in;
pub(crate) mod style;
pub(crate) mod support;
pub(crate) mod tour;
mod verbatim;
