//! Looks through the memory of another process that this one started.

use std::collections::{BTreeMap, HashMap};
use std::fs::{File, read_to_string};
use std::os::unix::fs::FileExt;

use super::derived::{PIECE, Secret};

/// A secret that is there, and how often.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) secret: String,
    /// The name of the mapping; empty for stacks of threads and large pieces of the heap.
    pub(crate) place: String,
    /// Pieces of eight bytes.
    pub(crate) pieces: usize,
}

/// All that can be written to in the process, searched for pieces of secrets.
pub(crate) fn process(id: u32, secrets: &[Secret]) -> Vec<Found> {
    let mut names: HashMap<[u8; PIECE], &str> = HashMap::new();
    let mut first = vec![false; 1 << 16];
    for secret in secrets {
        for piece in &secret.pieces {
            names.insert(*piece, &secret.name);
            first[start(piece)] = true;
        }
    }
    let memory = File::open(format!("/proc/{id}/mem")).unwrap();
    let mut found: BTreeMap<(&str, String), usize> = BTreeMap::new();
    let maps = read_to_string(format!("/proc/{id}/maps")).unwrap();
    for mapping in maps.lines().filter_map(Mapping::parse) {
        let mut bytes = vec![0; mapping.length];
        // Parts of a mapping that were never touched read as zeros; others, such as `[vvar]`, not at all.
        if memory.read_exact_at(&mut bytes, mapping.at).is_err() {
            continue;
        }
        for piece in bytes.windows(PIECE).filter(|piece| first[start(piece)]) {
            if let Some(name) = names.get(piece) {
                *found.entry((name, mapping.name.clone())).or_default() += 1;
            }
        }
    }
    let found = found.into_iter();
    found
        .map(|((secret, place), pieces)| Found {
            secret: secret.to_owned(),
            place,
            pieces,
        })
        .collect()
}

fn start(piece: &[u8]) -> usize {
    usize::from(piece[0]) << 8 | usize::from(piece[1])
}

/// A line of `/proc/PID/maps` (proc(5)).
struct Mapping {
    at: u64,
    length: usize,
    name: String,
}

impl Mapping {
    /// `None` for what cannot be written to: keys are never there.
    fn parse(line: &str) -> Option<Mapping> {
        let mut words = line.split_ascii_whitespace();
        let (at, end) = words.next()?.split_once('-')?;
        let (at, end) = (address(at), address(end));
        words.next()?.starts_with("rw").then(|| Mapping {
            at,
            length: usize::try_from(end - at).unwrap(),
            name: words.nth(3).unwrap_or_default().to_owned(),
        })
    }
}

fn address(hex: &str) -> u64 {
    u64::from_str_radix(hex, 16).unwrap()
}
