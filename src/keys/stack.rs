//! Wipes the part of the stack on which keys were made, derived or used.
//!
//! An owner of a key wipes it when dropped. That reaches neither the place from which the key was moved, nor
//! the registers that the compiler spilled: both stay on the stack until something else is written there.
//! So keys are made and derived inside [`wiping`], which writes there afterwards, and dropping the last of a
//! ring's ciphers calls [`wipe_used`]. No wipe follows a message that is sealed or opened: it took a fifth
//! of a small request's time, and the next message writes over the same place.
//!
//! The depths are measured, with a margin: `tests/core/memory` fails where one does not suffice.

use std::hint::black_box;

/// Words to wipe after keys were made, or derived from a master.
pub(crate) const DERIVING: usize = words(32, 32);

/// Words to wipe when keys are dropped. The deepest frames of a message are those of the `aes` crate for
/// VAES-512, 6.2 KiB, and a request calls it from some depth.
const USED: usize = words(64, 32);

/// Returns the words of so many kibibytes, given for a build without optimization and for one with it.
const fn words(debug: usize, release: usize) -> usize {
    let kibibytes = if cfg!(debug_assertions) {
        debug
    } else {
        release
    };
    kibibytes * 1_024 / size_of::<u64>()
}

/// Does some work, and then wipes `WORDS` words of the stack below it. The result must not hold key material
/// itself; put that behind a pointer.
#[inline(never)]
pub(crate) fn wiping<const WORDS: usize, T>(work: impl FnOnce() -> T) -> T {
    let done = below(work);
    wipe::<WORDS>();
    done
}

/// Does the work in a frame of its own, which begins where that of [`wipe`] does.
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
    // `zeroize` writes byte by byte, which takes longer than the message does. An optimizing compiler turns
    // a zero that it knows into a `memset`, which some processors count as one instruction for each byte. A
    // compiler that does not optimize turns any other value into a slow loop.
    #[cfg(debug_assertions)]
    let mut dead = [0_u64; WORDS];
    #[cfg(not(debug_assertions))]
    let mut dead = [black_box(0_u64); WORDS];
    black_box(&mut dead);
}
