//! Decides whether a browser sent a request because another origin told it to.
//!
//! Owns the reading of request heads for that, the origins and routes that an application excuses, and the
//! verdict; and of form tokens where they stand. It reads no cookie, keeps no state, and sends no answer itself.

mod foreign;
mod form;
mod origin;
mod policy;
mod request;

pub use foreign::Foreign;
pub(crate) use form::{Brought, FORM_FIELD, PEEK, TokenText};
pub(crate) use origin::Origin;
pub use policy::CrossOrigin;
pub(crate) use policy::is_route;
pub(crate) use request::{Caused, FieldValue, RequestParts};
pub use request::{HeaderFields, header_fields};
