//! The two regions of attributes and the padding: how every payload ends, in a token or in a deposit.

use std::sync::Arc;

use super::attributes::Attributes;
use super::compression::{Compressed, Compression, Method, Region};
use super::wire::{Cursor, put_varint, varint_length};
use crate::error::Refusal;
use crate::seal::Format;

/// What is encrypted is padded to a multiple of so many bytes. That blurs the length of the content, and does not hide it.
pub(crate) const PADDING: usize = 32;

/// Returns the multiple of bytes to which payloads are padded that are sealed so. A signed one shows its holder its content,
/// so there is no length to blur.
pub(crate) const fn padding(format: Format) -> usize {
    match format {
        Format::Encrypted => PADDING,
        Format::Signed => 1,
    }
}

/// What the flags of a payload say of its regions. They are in its first byte.
#[derive(Clone, Copy)]
pub(super) struct Layout {
    /// How the open region is stored.
    method: Method,
    /// Whether there is a secret one.
    has_secret: bool,
}

impl Layout {
    /// The flags that hold how the open region is stored.
    const METHOD: u8 = 0b0000_0011;
    /// The flag of a payload with a secret region.
    const SECRET: u8 = 0b0001_0000;
    /// All flags that say something of the regions.
    pub(super) const FLAGS: u8 = Layout::METHOD | Layout::SECRET;

    #[inline]
    pub(super) fn of(flags: u8) -> Result<Layout, Refusal> {
        let method = Method::of(flags & Layout::METHOD).ok_or(Refusal::RecordTooNew)?;
        Ok(Layout {
            method,
            has_secret: flags & Layout::SECRET != 0,
        })
    }

    /// Returns the flags of this layout.
    fn flags(self) -> u8 {
        let secret = if self.has_secret { Layout::SECRET } else { 0 };
        self.method as u8 | secret
    }

    /// Returns whether it is that of a payload without any of these flags.
    pub(super) fn is_plain(self) -> bool {
        self.method == Method::Stored && !self.has_secret
    }
}

/// The bytes of a record, or of a deposit's contents.
pub(crate) struct Payload {
    pub(crate) bytes: Vec<u8>,
    /// How many of them are not padding.
    pub(crate) content: usize,
}

/// How attributes are to be packed.
#[derive(Clone, Copy)]
pub(crate) struct Packing<'a> {
    pub(crate) compression: Compression,
    /// Returns how many cookies a payload takes with so many bytes before padding; `usize::MAX` if it does not fit.
    pub(crate) cookies: &'a dyn Fn(usize) -> usize,
    /// The payload has a multiple of so many bytes.
    pub(crate) padding: usize,
    /// What a compressor made at an insert before, if it is known.
    pub(crate) known: Option<&'a Compressed>,
}

/// Appends the regions and the padding to `out`, whose first byte takes their flags.
#[inline]
pub(super) fn put(mut out: Vec<u8>, attributes: &Attributes, packing: Packing<'_>) -> Payload {
    let secret = attributes.secret();
    let beside = out.len() + secret_length(&secret);
    // Put together, with the flags in front and the padding at the end.
    with_open(beside, attributes, packing, |region, content| {
        let length = content.next_multiple_of(packing.padding);
        out.reserve_exact(length - out.len());
        let layout = Layout {
            method: region.method,
            has_secret: !secret.is_empty(),
        };
        if let Some(flags) = out.first_mut() {
            *flags |= layout.flags();
        }
        region.write(&mut out);
        if layout.has_secret {
            put_varint(&mut out, secret.len());
            out.extend_from_slice(&secret);
        }
        out.resize(length, 0);
        Payload {
            bytes: out,
            content,
        }
    })
}

/// Returns how many bytes a secret region takes. A session without secrets takes none for them.
fn secret_length(secret: &[u8]) -> usize {
    match secret.len() {
        0 => 0,
        length => varint_length(length) + length,
    }
}

/// Returns how many bytes of a payload are not padding that [`put`] makes behind a head of so many bytes, and what a
/// compressor made of the open region.
pub(super) fn measure(
    head: usize,
    attributes: &Attributes,
    packing: Packing<'_>,
) -> (usize, Option<Compressed>) {
    let beside = head + secret_length(&attributes.secret());
    with_open(beside, attributes, packing, |region, content| {
        (content, region.into_compressed())
    })
}

/// Packs the open region in the smallest way that the policy permits. Calls `act` with it, and with the bytes of
/// the payload without padding, `beside` of which are not the region's.
#[inline]
fn with_open<R>(
    beside: usize,
    attributes: &Attributes,
    packing: Packing<'_>,
    act: impl FnOnce(Region<'_>, usize) -> R,
) -> R {
    let compression = packing.compression;
    let packed = match compression {
        Compression::Off => None,
        _ => attributes.open_text_packed(),
    };
    let plain = match packed.is_some() && !compression.tries_plain() {
        true => None,
        false => Some(attributes.open()),
    };
    let content = |region: &Region<'_>| beside + region.length();
    let region = compression.choose(
        plain.as_deref(),
        packed.as_deref(),
        |region| content(region).next_multiple_of(packing.padding),
        &|region| (packing.cookies)(content(region)),
        packing.known,
    );
    let content = content(&region);
    act(region, content)
}

/// Reads the rest of a payload. The open region may unpack to `ceiling` bytes.
#[inline]
pub(super) fn read(
    layout: Layout,
    cursor: &mut Cursor<'_>,
    ceiling: usize,
) -> Result<Attributes, Refusal> {
    let open = Region::read(layout.method, cursor, ceiling)?;
    let border = open.unpacked_length();
    let open_end = cursor.at();
    let secret = match layout.has_secret {
        true => read_secret(cursor)?,
        false => &[],
    };
    check_padding(cursor)?;
    // What is not compressed is taken as it stands, with the length between the two regions.
    if layout.method == Method::Stored {
        let body = cursor.since(open_end - border);
        let regions = [0..border, body.len() - secret.len()..body.len()];
        return Attributes::read(body.into(), regions, ceiling);
    }
    // The open region is unpacked in front of the secret one.
    let room = std::iter::repeat_n(0, border + secret.len());
    let mut body: Arc<[u8]> = room.collect();
    let (left, right) = Arc::make_mut(&mut body).split_at_mut(border);
    open.unpack(left)?;
    right.copy_from_slice(secret);
    let regions = [0..border, border..body.len()];
    Attributes::read(body, regions, ceiling)
}

/// Reads a secret region. A payload without one has no flag for it.
fn read_secret<'a>(cursor: &mut Cursor<'a>) -> Result<&'a [u8], Refusal> {
    match cursor.string()? {
        [] => Err(Refusal::Malformed),
        secret => Ok(secret),
    }
}

/// Refuses anything but zeros up to the end.
#[inline]
pub(super) fn check_padding(cursor: &Cursor<'_>) -> Result<(), Refusal> {
    const ZEROS: &[u8] = &[0; PADDING];
    let rest = cursor.rest();
    let are_zeros = match ZEROS.get(..rest.len()) {
        Some(zeros) => rest == zeros,
        // We write fewer.
        None => rest.iter().all(|&byte| byte == 0),
    };
    match are_zeros {
        true => Ok(()),
        false => Err(Refusal::Malformed),
    }
}
