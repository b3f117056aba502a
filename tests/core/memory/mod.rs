//! Keys in memory: after a ring, a manager and all their work are gone, nothing of any key is left
//! in the process, be it on a stack or in the heap.
//!
//! A child of this test does the work and waits; this process reads the child's memory. So nothing
//! that is searched for was ever in the memory that is searched, unless the library left it there.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test may panic, and a child talks to its parent"
)]

mod derived;
mod scan;
mod work;

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use sealed_session::Key;

use self::derived::{PIECE, of_message, of_ring};
use self::scan::Found;
use crate::common::noise;

/// The child's folder, and that it is the child.
const FOLDER: &str = "SEALED_SESSION_MEMORY";
/// A ring in the child's environment.
const RING: &str = "SEALED_SESSION_MEMORY_RING";
/// The key that is there.
const ENVIRONMENT: &str = "in the environment";

/// Where this process and its child leave each other files.
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn master(seed: u64) -> [u8; 32] {
    noise(32, seed).try_into().unwrap()
}

fn text(master: &[u8; 32]) -> String {
    Key::new(master).unwrap().to_text().expose().to_owned()
}

struct Worker {
    child: Child,
    says: BufReader<ChildStdout>,
}

impl Worker {
    /// Starts the child, with a ring in its environment.
    fn start(folder: &Path, ring: &str) -> Worker {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--ignored", "--exact", "memory::the_child", "--nocapture"])
            .env(FOLDER, folder)
            .env(RING, ring)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let says = BufReader::new(child.stdout.take().unwrap());
        Worker { child, says }
    }

    /// Waits until the child is there.
    fn wait(&mut self, stage: &str) {
        let mut line = String::new();
        while line.trim_end() != stage {
            line.clear();
            let read = self.says.read_line(&mut line).unwrap();
            assert!(read > 0, "the child ended before it was `{stage}`");
        }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn nothing_of_a_key_is_left_when_all_is_dropped() {
    let name = format!("sealed-memory-{}", std::process::id());
    let folder = Folder(std::env::temp_dir().join(name));
    std::fs::create_dir_all(&folder.0).unwrap();
    let write = |name: &str, bytes: &[u8]| std::fs::write(folder.0.join(name), bytes).unwrap();
    let read = |name: &str| std::fs::read_to_string(folder.0.join(name)).unwrap();

    let names = ["sealing", "accepted", "raw", "parsed", "long", ENVIRONMENT];
    let masters = [1, 3, 5, 7, 9, 11].map(master);
    let [sealing, accepted, raw, parsed, long, in_env] = masters;
    write(
        "ring",
        format!("{}\n{}\n", text(&sealing), text(&accepted)).as_bytes(),
    );
    write("raw", &raw);
    write("text", text(&parsed).as_bytes());
    // So long that a buffer for it has to grow.
    let longer = format!("{}\n#{}\n", text(&long), "-".repeat(10_000));
    write("long", longer.as_bytes());
    let mut worker = Worker::start(&folder.0, &text(&in_env));

    worker.wait("live");
    let generated = read("generated");
    let mut secrets = of_ring("generated", &derived::decode(&generated), &generated);
    for (name, master) in names.iter().zip(&masters) {
        secrets.extend(of_ring(name, master, &text(master)));
    }
    for token in read("tokens").lines() {
        secrets.extend(of_message(&sealing, token));
    }
    let live = scan::process(worker.child.id(), &secrets);
    write("live", b"");
    worker.wait("dropped");
    let dropped = scan::process(worker.child.id(), &secrets);

    // What is in use would be found, and is there once however many rings share it.
    for name in names {
        let masters = live
            .iter()
            .filter(|found| found.secret == format!("{name}: master"));
        let pieces: usize = masters.map(|found| found.pieces).sum();
        // The ring of text and the key that was parsed are two keys. The manager that watches the file has read it
        // anew, and its keys derive those of tickets.
        let copies = match name {
            "parsed" | "sealing" | "accepted" => 2,
            _ => 1,
        };
        assert_eq!(pieces, copies * 32 / PIECE, "{name}: {live:?}");
    }
    for what in [
        ": encryption, round keys",
        ": mac, inner state",
        ": touch, outer state",
    ] {
        let found = |found: &Found| found.secret == format!("sealing{what}");
        assert!(live.iter().any(found), "{what}: {live:?}");
    }
    // What keys were made of and from is gone already.
    for found in &live {
        let over = [": extracted", ": text", "block", "ticket"];
        let is_over = over.iter().any(|what| found.secret.contains(what));
        assert!(!is_over || is_given(found), "{found:?}");
    }
    let left: Vec<&Found> = dropped.iter().filter(|found| !is_given(found)).collect();
    assert!(left.is_empty(), "{left:#?}");
}

/// Whether it is the environment that the process was started with, which nothing safe wipes.
fn is_given(found: &Found) -> bool {
    found.secret == format!("{ENVIRONMENT}: text") && found.place == "[stack]"
}

/// What the child does; see [`work`].
#[test]
#[ignore = "the other test starts it, as a process of its own"]
fn the_child() {
    if let Some(folder) = std::env::var_os(FOLDER) {
        work::all(Path::new(&folder), RING);
    }
}
