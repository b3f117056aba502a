//! Attributes as they are stored, read and refused.

use super::*;
use crate::payload::{Codec, UNPACKED_MAX};

/// A UUID as JSON, and the same with its text packed.
const UUID: &str = "\"52f22665-a60c-12d2-8918-5d950ee88136\"";
const UUID_PACKED: &[u8] =
    b"\x01\"\x03\x52\xf2\x26\x65\xa6\x0c\x12\xd2\x89\x18\x5d\x95\x0e\xe8\x81\x36\x01\"";

fn written(attributes: &Attributes) -> Attributes {
    let mut body = attributes.open();
    let open = body.len();
    body.extend(attributes.secret());
    read(&body, open).unwrap()
}

/// Reads open attributes up to `border`, and secret ones behind it.
fn read(body: &[u8], border: usize) -> Result<Attributes, Refusal> {
    let regions = [0..border, border..body.len()];
    Attributes::read(body.into(), regions, UNPACKED_MAX)
}

fn names(attributes: &Attributes) -> Vec<&str> {
    attributes
        .iter()
        .map(|entry| std::str::from_utf8(entry.name).unwrap())
        .collect()
}

fn put(attributes: &mut Attributes, new: Entry<'_>) {
    let placed = attributes.placed(new);
    attributes.put(&placed);
}

#[test]
fn one_door_knows_what_changes() {
    let mut attributes = Attributes::default();
    let new = Entry::new("b", Codec::Json, 0, b"1");
    assert!(attributes.placed(new).is_change);
    put(&mut attributes, new);
    assert!(!attributes.placed(new).is_change);
    for other in [
        Entry::new("b", Codec::Json, 0, b"2"),
        Entry::new("b", Codec::Json, 1, b"1"),
        Entry::new("b", Codec::Postcard, 0, b"1"),
        Entry::new("a", Codec::Json, 0, b"1"),
    ] {
        assert!(attributes.placed(other).is_change, "{other:?}");
    }
    put(&mut attributes, Entry::new("a", Codec::Postcard, 7, b""));
    assert_eq!(names(&attributes), ["a", "b"]);
    let read = written(&attributes);
    assert!(read.iter().eq(attributes.iter()));
    assert!(attributes.remove("b") && !attributes.remove("b"));
    assert_eq!(attributes.iter().count(), 1);
}

#[test]
fn unknown_flags_are_carried_along_and_secrecy_sticks() {
    let body = b"\x01a\x80\x05\x02xy\x01s\x05\0\x01z".to_vec();
    let mut read = read(&body, 7).unwrap();
    assert_eq!(read.get("a").unwrap().codec(), None);
    assert_eq!(read.get("s").unwrap().codec(), Some(Codec::Json));
    put(&mut read, Entry::new("s", Codec::Json, 0, b"new"));
    assert!(read.get("s").unwrap().is_secret());
    assert!(written(&read).iter().eq(read.iter()));
    assert_eq!(read.open(), body[..7]);
}

#[test]
fn what_is_not_in_its_one_form_is_malformed() {
    let open: &[(&str, &[u8])] = &[
        ("no name", b"\0\0\0\0"),
        ("name is not text", b"\x01\xff\0\0\0"),
        ("cut off", b"\x01a\0\0\x02x"),
        ("same name twice", b"\x01a\0\0\0\x01a\0\0\0"),
        ("out of order", b"\x01b\0\0\0\x01a\0\0\0"),
        ("secret in the open", b"\x01a\x04\0\0"),
    ];
    for (case, body) in open {
        assert!(read_open(body).is_err(), "{case}");
    }
    assert!(read(b"\x01a\0\0\0", 0).is_err());
    assert!(read(b"\x01a\0\0\0\x01a\x04\0\0", 5).is_err());
    assert!(read(&[0; 4], 9).is_err());
}

/// An open region with one attribute `a` of these flags.
fn one(flags: u8, value: &[u8]) -> Vec<u8> {
    let length = u8::try_from(value.len()).unwrap();
    [&[1, b'a', flags, 0, length], value].concat()
}

fn read_open(body: &[u8]) -> Result<Attributes, Refusal> {
    read(body, body.len())
}

#[test]
fn text_is_packed_on_request_and_the_value_is_the_same() {
    let mut attributes = Attributes::default();
    put(
        &mut attributes,
        Entry::new("a", Codec::Json, 0, UUID.as_bytes()),
    );
    assert_eq!(attributes.open(), one(1, UUID.as_bytes()));
    assert_eq!(attributes.open_text_packed(), Some(one(9, UUID_PACKED)));

    let mut read = read_open(&one(9, UUID_PACKED)).unwrap();
    let entry = read.get("a").unwrap();
    assert_eq!(
        (entry.codec(), &*entry.value()),
        (Some(Codec::Json), UUID.as_bytes())
    );
    assert_eq!(entry.size(), one(1, UUID.as_bytes()).len());
    // The same value in another form is no change.
    assert!(
        !read
            .placed(Entry::new("a", Codec::Json, 0, UUID.as_bytes()))
            .is_change
    );
    assert_eq!(read.open(), one(1, UUID.as_bytes()));
    assert_eq!(read.open_text_packed(), Some(one(9, UUID_PACKED)));
    // Each by itself, whatever stands beside it.
    let other = Entry::new("b", Codec::Json, 0, UUID.as_bytes());
    put(&mut read, other);
    let mut alone = Attributes::default();
    put(&mut alone, other);
    let alone = alone.open_text_packed().unwrap();
    let both = [one(9, UUID_PACKED), alone].concat();
    assert_eq!(read.open_text_packed(), Some(both));
}

#[test]
fn what_came_packed_is_not_packed_again() {
    // Another writer left a run of hex alone.
    let packed = [b"\x0d\"001122334455\x03", &[7; 16][..], b"\x01\""].concat();
    let read = read_open(&one(9, &packed)).unwrap();
    let value = b"\"00112233445507070707-0707-0707-0707-070707070707\"";
    assert_eq!(&*read.get("a").unwrap().value(), value);
    assert_eq!(read.open_text_packed(), Some(one(9, &packed)));
    // Or packed what does not get smaller by it.
    let read = read_open(&one(9, b"\x03\"a\"")).unwrap();
    assert_eq!(read.open_text_packed(), None);
    assert_eq!(read.open(), one(1, b"\"a\""));
}

#[test]
fn what_was_packed_ahead_is_stored_so_until_it_is_replaced() {
    let new = Entry::new("a", Codec::Json, 0, UUID.as_bytes());
    let mut attributes = Attributes::default();
    let packed = new.pack_text();
    attributes.put(&Placed::first(new).with_text(packed.as_ref()));
    let stored = attributes.get("a").unwrap();
    assert_eq!(
        (stored.stored, &*stored.value()),
        (UUID_PACKED, UUID.as_bytes())
    );
    let sizes = [one(1, UUID.as_bytes()).len(), one(9, UUID_PACKED).len()];
    assert_eq!([stored.size(), stored.stored_size()], sizes);
    assert!(!attributes.placed(new).is_change);
    // The commit writes what it would write of the value.
    assert_eq!(attributes.open(), one(1, UUID.as_bytes()));
    assert_eq!(attributes.open_text_packed(), Some(one(9, UUID_PACKED)));
    // Words have no packed form.
    let words = Entry::new("a", Codec::Json, 0, b"\"words\"");
    let placed = attributes.placed(words);
    let packed = placed.entry.pack_text();
    attributes.put(&placed.with_text(packed.as_ref()));
    assert_eq!(attributes.get("a").unwrap(), words);
}

#[test]
fn only_what_this_version_knows_is_unpacked() {
    // A flag or a codec from the future: nobody here can tell what bit 3 means beside it.
    for flags in [0x19, 0x89, 0x0a, 0x0b] {
        let body = one(flags, b"\xff\xff\xff");
        let read = read_open(&body).unwrap();
        let entry = read.get("a").unwrap();
        assert_eq!(
            (entry.codec(), &*entry.value()),
            (None, &b"\xff\xff\xff"[..])
        );
        assert_eq!((read.open(), read.open_text_packed()), (body, None));
    }
    for broken in [&b"\xff\xff\xff"[..], b"\0\x02", b"\x00"] {
        assert_eq!(read_open(&one(9, broken)).err(), Some(Refusal::Malformed));
    }
    // Nothing secret is packed.
    let secret = one(0x0d, UUID_PACKED);
    let read = read(&secret, 0);
    assert_eq!(read.err(), Some(Refusal::Malformed));
}

#[test]
fn a_secret_is_never_packed() {
    let mut attributes = Attributes::default();
    let entry = Entry::new("a", Codec::Json, 0, UUID.as_bytes()).into_secret();
    assert!(entry.pack_text().is_none());
    put(&mut attributes, entry);
    assert_eq!(
        (attributes.open(), attributes.open_text_packed()),
        (vec![], None)
    );
    assert_eq!(attributes.secret(), one(5, UUID.as_bytes()));
}

#[test]
fn the_ceiling_counts_what_is_unpacked() {
    // Forty UUIDs within base64: three characters for every byte.
    let uuids = [b"\0\x03".as_slice(), &[7; 16]].concat().repeat(40);
    let (bytes, kind) = (36 * 40, 4);
    let mut packed = vec![0];
    put_varint(&mut packed, bytes << 3 | kind);
    packed.extend(uuids);
    let attributes = |count: u8| {
        let mut body = Vec::new();
        for name in 0..count {
            put_varint(&mut body, 1);
            body.extend([b'0' + name, 9, 0]);
            put_varint(&mut body, packed.len());
            body.extend(&packed);
        }
        body
    };
    let most = read_open(&attributes(34)).unwrap();
    assert_eq!(most.get("0").unwrap().value().len(), 1_920);
    assert!(most.open().len() <= UNPACKED_MAX);
    assert_eq!(read_open(&attributes(35)).err(), Some(Refusal::OverCeiling));
}
