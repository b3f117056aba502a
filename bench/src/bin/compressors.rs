//! Compares the compressors that come into question over sessions: bytes, and time.
//!
//! The tables in `docs/design.md` are from here. Bytes are those of the JSON text as it is, without
//! text packing and padding. Times are the best of several rounds on an idle machine, for
//! comparison within one run.

#![forbid(unsafe_code)]
#![expect(clippy::print_stdout, reason = "a command line tool")]

use std::hint::black_box;
use std::time::Instant;

use lz4_flex::block;
use miniz_oxide::deflate::compress_to_vec;
use miniz_oxide::inflate::decompress_to_vec_with_limit;
use sealed_session_paths::grid::Grid;
use zlib_rs::{Deflate, DeflateFlush, Inflate, InflateFlush};

const SESSIONS: [(&str, &str); 11] = [
    ("login", include_str!("../../../corpus/login.json")),
    ("cart", include_str!("../../../corpus/cart.json")),
    ("oidc", include_str!("../../../corpus/oidc.json")),
    ("chinese", include_str!("../../../corpus/more/chinese.json")),
    ("flash", include_str!("../../../corpus/more/flash.json")),
    (
        "oauth_state",
        include_str!("../../../corpus/more/oauth_state.json"),
    ),
    (
        "permissions",
        include_str!("../../../corpus/more/permissions.json"),
    ),
    ("recent", include_str!("../../../corpus/more/recent.json")),
    ("search", include_str!("../../../corpus/more/search.json")),
    ("slugs", include_str!("../../../corpus/more/slugs.json")),
    ("wizard", include_str!("../../../corpus/more/wizard.json")),
];

/// Words that sessions of many applications have in common, the commonest last.
const DICTIONARY: &str = "access_token refresh_token id_token expires_at token_type scope openid \
    profile email session_id state nonce redirect_uri return_to organization tenant_id department \
    flash message success error warning notice info created_at updated_at timestamp first_name \
    last_name phone address street city country zip category filters sort page quantity price \
    currency EUR USD items product_id sku name permissions read write delete admin editor viewer \
    user_id username roles csrf locale en-US de-DE zh-CN theme dark light true false null\":\"\",\"\
    {\"id\":\"https://";

const LEVEL: u8 = 6;

fn main() {
    println!("Bytes:\n\n{}", bytes().markdown());
    println!("Microseconds, fresh state each time; in brackets with reused state:\n");
    println!("{}", times().markdown());
    println!("Microseconds and bytes of miniz_oxide for random letters of an alphabet of two:\n");
    println!("{}", levels().markdown());
    println!("Pieces of these sessions whose padded payload gets smaller, of 100:\n");
    print!("{}", shares().markdown());
}

fn bytes() -> Grid {
    let mut grid = Grid::new([
        "session",
        "bytes",
        "LZ4",
        "with a dictionary",
        "DEFLATE, miniz_oxide",
        "zlib-rs",
        "with a dictionary",
    ]);
    for (name, text) in SESSIONS {
        let text = text.trim_end().as_bytes();
        let columns = [
            text.len(),
            block::compress(text).len(),
            block::compress_with_dict(text, DICTIONARY.as_bytes()).len(),
            compress_to_vec(text, LEVEL).len(),
            zlib(&mut deflater(), text).len(),
            zlib(&mut with_dictionary(), text).len(),
        ];
        grid.push(row(name, columns.map(|bytes| bytes.to_string())));
    }
    grid
}

fn times() -> Grid {
    let mut grid = Grid::new([
        "session",
        "LZ4 in",
        "out",
        "miniz_oxide in",
        "out",
        "zlib-rs in",
        "out",
    ]);
    for (name, text) in SESSIONS.iter().take(3) {
        let text = text.trim_end().as_bytes();
        let (lz4, deflated) = (block::compress(text), compress_to_vec(text, LEVEL));
        let (mut deflate, mut inflate) = (deflater(), Inflate::new(false, 15));
        let columns = [
            time(|| block::compress(text)),
            time(|| block::decompress(&lz4, text.len())),
            time(|| compress_to_vec(text, LEVEL)),
            time(|| decompress_to_vec_with_limit(&deflated, text.len())),
            format!(
                "{} ({})",
                time(|| zlib(&mut deflater(), text)),
                time(|| zlib(&mut deflate, text))
            ),
            format!(
                "{} ({})",
                time(|| unzlib(&mut Inflate::new(false, 15), &deflated, text.len())),
                time(|| unzlib(&mut inflate, &deflated, text.len()))
            ),
        ];
        grid.push(row(name, columns));
    }
    grid
}

fn levels() -> Grid {
    let mut grid = Grid::new(["bytes", "level 3", "level 6", "level 9"]);
    for length in [1_024, 8_192, 65_536] {
        let text = letters(length);
        let column = |level: u8| {
            let time = time_of(3, || compress_to_vec(&text, level));
            format!("{time}, {}", compress_to_vec(&text, level).len())
        };
        grid.push(row(length, [3, 6, 9].map(column)));
    }
    grid
}

fn shares() -> Grid {
    let mut grid = Grid::new(["bytes", "pieces", "LZ4", "DEFLATE"]);
    for shortest in [32, 48, 64, 80, 96, 128, 192] {
        let pieces = pieces(shortest);
        let smaller = |compress: fn(&[u8]) -> Vec<u8>| {
            let pays = |piece: &&&[u8]| payload(compress(piece).len() + 1) < payload(piece.len());
            pieces.iter().filter(pays).count() * 100 / pieces.len().max(1)
        };
        let columns = [
            pieces.len(),
            smaller(block::compress),
            smaller(|piece| compress_to_vec(piece, LEVEL)),
        ];
        let bytes = format!("{shortest} to {}", shortest + SPREAD - 1);
        grid.push(row(bytes, columns.map(|count| count.to_string())));
    }
    grid
}

/// Puts a name before the cells of its row.
fn row(name: impl ToString, cells: impl IntoIterator<Item = String>) -> Vec<String> {
    std::iter::once(name.to_string()).chain(cells).collect()
}

/// Returns the bytes of a payload around a region of so many.
fn payload(region: usize) -> usize {
    (15 + region).next_multiple_of(32)
}

/// How much the pieces of one row differ in length.
const SPREAD: usize = 16;

/// Cuts pieces out of the sessions, from places all over them.
fn pieces(shortest: usize) -> Vec<&'static [u8]> {
    let of = |(_, text): &(&str, &'static str)| {
        let text = text.trim_end().as_bytes();
        let starts = (0..text.len()).step_by(37).take(20);
        let places =
            starts.flat_map(|at| (at + shortest..at + shortest + SPREAD).map(move |to| at..to));
        places
            .filter_map(|place| text.get(place))
            .collect::<Vec<_>>()
    };
    SESSIONS.iter().flat_map(of).collect()
}

/// Makes a text of two letters, the same in each run.
fn letters(length: usize) -> Vec<u8> {
    let mut state = 1_u64;
    let next = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        if state >> 63 == 0 { b'a' } else { b'b' }
    };
    std::iter::repeat_with(next).take(length).collect()
}

fn deflater() -> Deflate {
    Deflate::new(LEVEL.into(), false, 15)
}

fn with_dictionary() -> Deflate {
    let mut state = deflater();
    state.set_dictionary(DICTIONARY.as_bytes()).ok();
    state
}

/// Compresses all of `text`, with a state as it is after its making.
fn zlib(state: &mut Deflate, text: &[u8]) -> Vec<u8> {
    if state.total_out() > 0 {
        state.reset();
    }
    let mut out = vec![0; text.len() + 64];
    state.compress(text, &mut out, DeflateFlush::Finish).ok();
    out.truncate(usize::try_from(state.total_out()).unwrap_or(0));
    out
}

fn unzlib(state: &mut Inflate, bytes: &[u8], length: usize) -> Vec<u8> {
    state.reset(false);
    let mut out = vec![0; length];
    state.decompress(bytes, &mut out, InflateFlush::Finish).ok();
    out
}

fn time<R>(call: impl FnMut() -> R) -> String {
    time_of(CALLS, call)
}

/// Times one of `calls` calls, in the best of several rounds.
fn time_of<R>(calls: u32, mut call: impl FnMut() -> R) -> String {
    let round = |_| {
        let start = Instant::now();
        for _ in 0..calls {
            black_box(call());
        }
        start.elapsed().as_secs_f64() * 1e6 / f64::from(calls)
    };
    let best = (0..ROUNDS).map(round).fold(f64::INFINITY, f64::min);
    format!("{best:.1}")
}

const CALLS: u32 = 300;
const ROUNDS: u32 = 15;
