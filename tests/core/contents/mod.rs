//! The contents of a session: values, their sizes, and secrets among them.

mod budgets;
mod inference;
mod properties;
mod secrets;
mod sizes;
mod values;
