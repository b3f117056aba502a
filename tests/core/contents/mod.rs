//! The contents of a session: values, their sizes, and secrets among them.

mod budgets;
mod inference;
mod mirrored;
mod properties;
mod secrets;
mod sizes;
mod values;
