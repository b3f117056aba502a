//! The part of the stack on which work with keys was done.
//!
//! What owns a key wipes it when dropped. That reaches neither the place from which it was moved, nor
//! the registers that a compiler put aside meanwhile: both stay on the stack until something else
//! is written there. So all work with keys is done inside [`wiping`], which writes there. Nothing leaves
//! that work but results and addresses of keys, never their bytes.
//!
//! The depths are measured, with a margin: `tests/memory` fails where one does not suffice.

use std::hint::black_box;

/// Words to wipe after all keys were derived from one master.
pub(crate) const DERIVING: usize = words(32, 32);

/// Words to wipe after a message was sealed or opened. The deepest are the `aes` crate's frames for
/// VAES-512, of 6.2 KiB.
pub(crate) const SEALING: usize = words(32, 9);

/// Words to wipe after a MAC was made.
pub(crate) const SIGNING: usize = words(8, 3);

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
