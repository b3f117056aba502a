//! The app of the list under each framework that there is an adapter for, as an application would
//! build it.
//!
//! What the app does is [`conformance`]'s business, and so is what is right.

#![forbid(unsafe_code)]

mod actix;
mod axum;
mod hyper;
mod loco;
pub mod plain;
mod poem;
mod rocket;
mod salvo;

pub use actix::Actix;
pub use axum::Axum;
pub use hyper::Hyper;
pub use loco::Loco;
pub use poem::Poem;
pub use rocket::Rocket;
pub use salvo::Salvo;

use conformance::Harness;

/// All of them, in the order of the report.
///
/// ```
/// let names = frameworks::ALL.map(|harness| harness.name());
/// assert_eq!(names, ["axum", "actix-web", "Rocket", "hyper", "loco", "salvo", "poem"]);
/// ```
pub const ALL: [&dyn Harness; 7] = [&Axum, &Actix, &Rocket, &Hyper, &Loco, &Salvo, &Poem];
