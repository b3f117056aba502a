//! A certificate for `localhost`, made for one run and trusted by nobody else.

use std::path::{Path, PathBuf};

use crate::Failure;
use crate::folder::Folder;

/// A self-signed certificate, as text and in files for programs that want those.
#[derive(Debug)]
pub struct Certificate {
    pub(crate) certificate: String,
    pub(crate) key: String,
    file: PathBuf,
    key_file: PathBuf,
    both_file: PathBuf,
    _folder: Folder,
}

impl Certificate {
    /// Makes one.
    ///
    /// # Errors
    ///
    /// If it cannot be made or written.
    pub fn new() -> Result<Certificate, Failure> {
        let names = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
        let made = rcgen::generate_simple_self_signed(names)?;
        let (certificate, key) = (made.cert.pem(), made.signing_key.serialize_pem());
        let folder = Folder::new()?;
        Ok(Certificate {
            file: folder.write("certificate.pem", &certificate)?,
            key_file: folder.write("key.pem", &key)?,
            both_file: folder.write("both.pem", &format!("{certificate}{key}"))?,
            certificate,
            key,
            _folder: folder,
        })
    }

    pub(crate) fn file(&self) -> &Path {
        &self.file
    }

    pub(crate) fn key_file(&self) -> &Path {
        &self.key_file
    }

    /// Returns the file that holds certificate and key.
    pub(crate) fn both_file(&self) -> &Path {
        &self.both_file
    }
}
