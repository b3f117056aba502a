//! Whether a browser sent a request because another origin told it to.
//!
//! Owns what request heads say of that, which origins and routes an application excuses, and the
//! verdict. It reads no cookie, keeps no state, and answers nothing by itself.

mod foreign;
mod origin;
mod policy;
mod request;

pub use foreign::Foreign;
pub(crate) use origin::Origin;
pub use policy::CrossOrigin;
pub use request::{HeaderFields, header_fields};
pub(crate) use request::RequestParts;
