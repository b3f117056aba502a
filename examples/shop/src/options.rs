//! The command line.

use std::ffi::OsString;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use lexopt::{Arg, Parser, ValueExt};
use sealed_session_axum::Lifetime;

use crate::server::Letter;
use crate::store_url::StoreUrl;

/// What `localhost` stands for.
const LOCALHOST_V4: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
const LOCALHOST_V6: IpAddr = IpAddr::V6(Ipv6Addr::LOCALHOST);

/// What `--help` shows.
pub const HELP: &str = "\
A demo shop on two servers that share a key ring and no sessions.

Usage: shop [OPTIONS]

Options:
  --a ADDR      Where server A listens [default: 127.0.0.1:3001]
  --b ADDR      Where server B listens [default: 127.0.0.1:3002]
  --only a|b    Start one of them only
  --two-sites   Make a site of each, with cookies of its own: A at its address, B at localhost.
                A hands visitors over to B
  --keys FILE   Read the key ring from FILE. The tour shows how to make one.
                Without this a fresh key is made, and restarting signs everybody out
  --poll SECONDS
                Read FILE again this often, 1 to 86400, and take its new ring [default: 30]
  --idle SECONDS
                End sessions that are not used for this long, 1 to 86400 [default: 1800].
                A visitor who is remembered has seven days
  --confirm SECONDS
                Ask for the password again before an order if that is longer ago,
                1 to 86400 [default: 600]
  --revocation redis://[USER:PASSWORD@]HOST[:PORT]
                Share with other processes who was signed out, in Redis or Valkey.
                Without this each process keeps it in its memory
  --help        Show this

Addresses have to be of this machine: the demo speaks plain http and shows its passwords.
RUST_LOG sets the log's level [default: sealed_session=info].";

/// What to start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// Where server A listens.
    pub a: SocketAddr,
    /// Where server B listens.
    pub b: SocketAddr,
    /// The one server to start, if not both.
    pub only: Option<Letter>,
    /// Whether each server is a site of its own.
    pub two_sites: bool,
    /// The key ring's file; without one, a fresh key is made.
    pub keys: Option<PathBuf>,
    /// How often the ring's file is read again.
    pub poll: Duration,
    /// The idle timeout of sessions that are not remembered.
    pub idle: Duration,
    /// How long ago a visitor may have typed the password before an order.
    pub confirm: Duration,
    /// The store of who was signed out; without one, each process has its own memory.
    pub revocation: Option<StoreUrl>,
}

/// What the command line asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Show [`HELP`].
    Help,
    /// Start servers.
    Run(Options),
}

/// A command line that makes no sense.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsageError(String);

impl fmt::Display for UsageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for UsageError {}

impl From<lexopt::Error> for UsageError {
    fn from(error: lexopt::Error) -> UsageError {
        UsageError(error.to_string())
    }
}

impl Default for Options {
    fn default() -> Options {
        Options {
            a: SocketAddr::from(([127, 0, 0, 1], 3001)),
            b: SocketAddr::from(([127, 0, 0, 1], 3002)),
            only: None,
            two_sites: false,
            keys: None,
            poll: Duration::from_secs(30),
            idle: Lifetime::new().idle_timeout(),
            confirm: Duration::from_secs(600),
            revocation: None,
        }
    }
}

impl Options {
    /// Reads the command line, without the program's name in front.
    ///
    /// # Errors
    ///
    /// If an option is unknown or incomplete, an address is not of this machine or used twice, the
    /// idle timeout is out of bounds, or the URL of the store is none.
    ///
    /// ```
    /// use shop::{Command, Letter, Options};
    ///
    /// let Command::Run(options) = Options::parse(["--only", "b"])? else { unreachable!() };
    /// assert_eq!(options.only, Some(Letter::B));
    /// assert!(Options::parse(["--a", "0.0.0.0:3001"]).is_err());
    /// # Ok::<(), shop::UsageError>(())
    /// ```
    pub fn parse<I>(arguments: I) -> Result<Command, UsageError>
    where
        I: IntoIterator,
        I::Item: Into<OsString>,
    {
        let mut parser = Parser::from_args(arguments.into_iter().map(Into::into));
        let mut options = Options::default();
        while let Some(argument) = parser.next()? {
            match argument {
                Arg::Long("a") => options.a = address("--a", parser.value()?)?,
                Arg::Long("b") => options.b = address("--b", parser.value()?)?,
                Arg::Long("only") => options.only = Some(letter(parser.value()?)?),
                Arg::Long("two-sites") => options.two_sites = true,
                Arg::Long("keys") => options.keys = Some(parser.value()?.into()),
                Arg::Long("poll") => options.poll = seconds("--poll", parser.value()?)?,
                Arg::Long("idle") => options.idle = seconds("--idle", parser.value()?)?,
                Arg::Long("confirm") => options.confirm = seconds("--confirm", parser.value()?)?,
                Arg::Long("revocation") => options.revocation = Some(store(parser.value()?)?),
                // It may be a URL that lost its option, with a password.
                Arg::Value(_) => {
                    return Err(UsageError(
                        "unexpected argument without an option".to_owned(),
                    ));
                }
                Arg::Long("help") | Arg::Short('h') => return Ok(Command::Help),
                other => return Err(other.unexpected().into()),
            }
        }
        // Port 0 is any free port, another one each time.
        if options.a == options.b && options.a.port() != 0 {
            return Err(UsageError(format!("--a and --b are both {}", options.a)));
        }
        if options.two_sites && ![LOCALHOST_V4, LOCALHOST_V6].contains(&options.b.ip()) {
            return Err(UsageError(format!(
                "--two-sites: B goes by the name `localhost`, and {} has another",
                options.b.ip()
            )));
        }
        Ok(Command::Run(options))
    }

    /// Where the server of this letter listens.
    #[must_use]
    pub fn address(&self, letter: Letter) -> SocketAddr {
        match letter {
            Letter::A => self.a,
            Letter::B => self.b,
        }
    }

    /// The servers to start.
    #[must_use]
    pub fn letters(&self) -> Vec<Letter> {
        self.only
            .map_or_else(|| vec![Letter::A, Letter::B], |letter| vec![letter])
    }
}

fn address(option: &str, value: OsString) -> Result<SocketAddr, UsageError> {
    let text = value.string()?;
    let address: SocketAddr = text.parse().map_err(|_| {
        UsageError(format!(
            "{option}: `{text}` is no address; an IP address and a port are expected, as in \
             127.0.0.1:3001"
        ))
    })?;
    if !address.ip().is_loopback() {
        return Err(UsageError(format!(
            "{option}: {} is not a loopback address; this demo speaks plain http and lets anybody \
             in under any name, so it listens on 127.0.0.0/8 or [::1] only",
            address.ip()
        )));
    }
    Ok(address)
}

fn letter(value: OsString) -> Result<Letter, UsageError> {
    match value.string()?.as_str() {
        "a" | "A" => Ok(Letter::A),
        "b" | "B" => Ok(Letter::B),
        other => Err(UsageError(format!(
            "--only: `{other}` is neither `a` nor `b`"
        ))),
    }
}

fn seconds(option: &str, value: OsString) -> Result<Duration, UsageError> {
    let text = value.string()?;
    match text.parse() {
        Ok(seconds @ 1..=86_400) => Ok(Duration::from_secs(seconds)),
        _ => Err(UsageError(format!(
            "{option}: `{text}` is not a number of seconds between 1 and 86400, which is a day"
        ))),
    }
}

/// No message holds the value, because that may hold a password.
fn store(value: OsString) -> Result<StoreUrl, UsageError> {
    let text = value.into_string();
    let text = text.map_err(|_| UsageError("--revocation: the URL is not Unicode".to_owned()))?;
    StoreUrl::new(text).map_err(|error| UsageError(format!("--revocation: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_options() {
        let line = [
            "--a",
            "127.0.0.2:1",
            "--b=[::1]:2",
            "--only",
            "a",
            "--two-sites",
            "--keys",
            "ring",
            "--poll",
            "2",
            "--idle",
            "20",
            "--confirm",
            "5",
            "--revocation",
            "redis://shop:secret@127.0.0.1:6380",
        ];
        let wanted = Options {
            a: "127.0.0.2:1".parse().unwrap(),
            b: "[::1]:2".parse().unwrap(),
            only: Some(Letter::A),
            two_sites: true,
            keys: Some("ring".into()),
            poll: Duration::from_secs(2),
            idle: Duration::from_secs(20),
            confirm: Duration::from_secs(5),
            revocation: StoreUrl::new("redis://shop:secret@127.0.0.1:6380".to_owned()).ok(),
        };
        assert!(wanted.revocation.is_some() && !format!("{wanted:?}").contains("secret"));
        assert_eq!(Options::parse(line), Ok(Command::Run(wanted)));
        assert_eq!(
            Options::parse([""; 0]),
            Ok(Command::Run(Options::default()))
        );
        for (text, seconds) in [("1", 1), ("86400", 86_400)] {
            let idle = Duration::from_secs(seconds);
            let wanted = Options {
                idle,
                ..Options::default()
            };
            assert_eq!(Options::parse(["--idle", text]), Ok(Command::Run(wanted)));
        }
        let defaults = Options::default();
        for default in [defaults.idle, defaults.poll, defaults.confirm] {
            assert!(HELP.contains(&format!("[default: {}]", default.as_secs())));
        }
        assert_eq!(Options::parse(["--only", "x", "--help"]).ok(), None);
        assert_eq!(Options::parse(["--help"]), Ok(Command::Help));
    }

    #[test]
    fn refusals_name_the_option() {
        for (line, wanted) in [
            (
                &["--a", "0.0.0.0:80"][..],
                "--a: 0.0.0.0 is not a loopback address",
            ),
            (&["--b", "[::]:80"], "--b: :: is not a loopback address"),
            (&["--a", "localhost"], "--a: `localhost` is no address"),
            (&["--only", "c"], "--only: `c` is neither"),
            (
                &["--b", "127.0.0.1:3001"],
                "--a and --b are both 127.0.0.1:3001",
            ),
            (
                &["--two-sites", "--b", "127.0.0.2:3002"],
                "--two-sites: B goes by the name",
            ),
            (&["--c"], "invalid option '--c'"),
            (&["redis://:secret@127.0.0.1"], "unexpected argument"),
            (&["--keys"], "missing argument for option '--keys'"),
            (&["--idle", "0"], "--idle: `0` is not a number of seconds"),
            (&["--idle", "86401"], "--idle: `86401` is not a number"),
            (&["--idle=-1"], "--idle: `-1` is not a number"),
            (&["--idle", "5m"], "--idle: `5m` is not a number"),
            (&["--idle"], "missing argument for option '--idle'"),
            (&["--poll", "0"], "--poll: `0` is not a number of seconds"),
            (
                &["--revocation", "http://:secret@127.0.0.1"],
                "--revocation: the URL of a store is redis://",
            ),
            (
                &["--revocation", "redis://:secret@127.0.0.1:x"],
                "--revocation: the URL of a store is redis://",
            ),
            (&["--revocation"], "missing argument for option"),
        ] {
            let error = Options::parse(line.iter().copied())
                .unwrap_err()
                .to_string();
            assert!(error.starts_with(wanted), "{line:?}: {error}");
            assert!(!error.contains("secret"), "{error}");
        }
    }
}
