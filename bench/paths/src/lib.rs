//! The paths of a request in this library, from the `Cookie` line to the changes of the response,
//! over the sessions of `corpus/`.
//!
//! Apart from the bench, so that nothing in it changes what the compiler makes of these paths:
//! their instructions are counted, and compared with `bench/instructions.json`.

#![forbid(unsafe_code)]

mod baseline;
mod cart;
pub mod core;
mod counts;
pub mod grid;
pub mod kind;
pub mod line;
mod login;
mod machine;
pub mod stage;
mod tokens;
pub mod value;

pub use baseline::Baseline;
pub use cart::{Cart, Item};
pub use counts::CountedPath;
pub use kind::Kind;
pub use login::Login;
pub use machine::Machine;
pub use stage::Stage;
pub use tokens::Tokens;
