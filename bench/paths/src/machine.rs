//! What the figures were made on and with.

use std::process::Command;
use std::{fmt, fs, thread};

use sealed_session::time::OffsetDateTime;

/// The machine, the compiler and the day.
#[derive(Clone, Debug)]
pub struct Machine {
    /// The processor's model.
    pub processor: String,
    /// How many of its cores there are for us.
    pub cores: usize,
    /// What compiled this.
    pub rustc: String,
    /// Year, month and day.
    pub date: String,
}

impl Machine {
    /// Asks this machine.
    #[must_use]
    pub fn here() -> Machine {
        let unknown = || "unknown".to_owned();
        let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let model = info.lines().find(|line| line.starts_with("model name"));
        let model = model.and_then(|line| line.split_once(": "));
        // The compiler that is there when this is run by cargo, which has just used it.
        let rustc = Command::new("rustc").arg("--version").output().ok();
        let rustc = rustc.and_then(|output| String::from_utf8(output.stdout).ok());
        let rustc = rustc.as_deref().map(short);
        Machine {
            processor: model.map_or_else(unknown, |(_, name)| name.to_owned()),
            cores: thread::available_parallelism().map_or(0, usize::from),
            rustc: rustc.unwrap_or_else(unknown),
            date: OffsetDateTime::now_utc().date().to_string(),
        }
    }
}

/// Cuts hash and date off.
fn short(rustc: &str) -> String {
    rustc
        .split_whitespace()
        .take(2)
        .collect::<Vec<_>>()
        .join(" ")
}

impl fmt::Display for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Machine {
            processor,
            cores,
            rustc,
            date,
        } = self;
        write!(f, "{processor}, {cores} cores, {rustc}, {date}")
    }
}
