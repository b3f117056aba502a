//! Sessions that end at the server: what is revoked, how recently that has to be known, and who is asked.

mod acting;
mod asked;
mod ends;
mod labels;
mod sign_out;
mod staleness;
mod together;
