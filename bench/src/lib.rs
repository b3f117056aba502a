//! What sessions cost, here and in other libraries: the sessions of `corpus/`, sent through each
//! library's own service stack, in process.
//!
//! `cargo xtask sizes` shows the bytes of the cookies' values, `cargo xtask bench` the time of
//! requests.

#![forbid(unsafe_code)]

mod beside;
mod figure;
mod options;
mod peers;
mod readme;
mod sample;
mod section;
mod served;
pub mod speed;
mod table;

pub use beside::Theme;
pub use figure::Figure;
pub use options::{HELP, Mode, Options};
pub use peers::{Action, Peer};
pub use readme::Readme;
pub use sample::{Part, Sample};
pub use sealed_session_paths::{Cart, Item, Kind, Login, Tokens};
pub use served::Served;
pub use table::Table;
