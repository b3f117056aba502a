//! When a cookie is written, and why.
