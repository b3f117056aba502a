//! On what a sign-in rests: a proof of who the visitor is, and who acts as whom.

mod acting;
mod confirming;
mod guards;
mod trail;
