//! The part of the stack on which work with keys was done.
//!
//! What owns a key wipes it when dropped. That reaches neither the place from which it was moved, nor
//! the registers that a compiler put aside meanwhile: both stay on the stack until something else
//! is written there. So keys are made and derived inside [`wiping`], which writes there afterwards, and
//! whoever drops the last of a ring's ciphers calls [`wipe_used`]. A message that is sealed or opened is
//! not followed by a wipe: it took a fifth of a small request's time, and the next message
//! goes over the same place.
//!
//! The depths are measured, with a margin: `tests/core/memory` fails where one does not suffice.

use std::hint::black_box;

/// Words to wipe after keys were made, or derived from one master.
pub(crate) const DERIVING: usize = words(32, 32);

/// Words to wipe when keys are dropped. The deepest frames of a message are those of the `aes` crate for
/// VAES-512, 6.2 KiB, and a request calls it from some depth.
const USED: usize = words(64, 32);

/// Kibibytes in a build without optimization, and in one with it.
const fn words(debug: usize, release: usize) -> usize {
    let kibibytes = if cfg!(debug_assertions) {
        debug
    } else {
        release
    };
    kibibytes * 1_024 / size_of::<u64>()
}

/// Does some work, and wipes as many words of the stack as it may have used. The result must not hold
/// key material; put that behind a pointer.
#[inline(never)]
pub(crate) fn wiping<const WORDS: usize, T>(work: impl FnOnce() -> T) -> T {
    let done = below(work);
    wipe::<WORDS>();
    done
}

/// A frame of its own, which begins where that of [`wipe`] does.
#[inline(never)]
fn below<T>(work: impl FnOnce() -> T) -> T {
    work()
}

/// Wipes as much of this thread's stack as requests may have used.
pub(crate) fn wipe_used() {
    wipe::<USED>();
}

#[inline(never)]
fn wipe<const WORDS: usize>() {
    // Not by `zeroize`, which writes byte by byte: that takes longer than the message does. Of a zero
    // that an optimizing compiler knows it makes a `memset`, which counts as an instruction for each byte
    // on some processors. Of any other value a compiler that does not optimize makes a slow loop.
    #[cfg(debug_assertions)]
    let mut dead = [0_u64; WORDS];
    #[cfg(not(debug_assertions))]
    let mut dead = [black_box(0_u64); WORDS];
    black_box(&mut dead);
}
