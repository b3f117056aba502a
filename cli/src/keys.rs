//! The options that say where keys are, for the subcommands that open cookies.

use std::path::PathBuf;

use clap::Args;
use sealed_session::KeyRing;

use crate::answer::Failure;

/// The options `--keys` and `--env`.
#[derive(Args, Debug)]
#[group(multiple = false)]
pub(crate) struct KeysFrom {
    /// Read the key ring from FILE
    #[arg(long, value_name = "FILE")]
    keys: Option<PathBuf>,
    /// Read the key ring from the environment variable NAME
    #[arg(long, value_name = "NAME")]
    env: Option<String>,
}

impl KeysFrom {
    /// Reads the ring; `None` if neither option was given.
    pub(crate) fn ring(&self) -> Result<Option<KeyRing>, Failure> {
        let ring = match (&self.keys, &self.env) {
            (Some(file), _) => KeyRing::from_file(file)?,
            (None, Some(name)) => KeyRing::from_env(name)?,
            (None, None) => return Ok(None),
        };
        Ok(Some(ring))
    }
}
