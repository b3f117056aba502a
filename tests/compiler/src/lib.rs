//! What the compiler says of a mistake: `refused` has the mistakes, and the texts that say why.

#![forbid(unsafe_code)]
