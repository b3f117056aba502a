//! A part of a document that a program writes, between two marks.

use std::fs;
use std::path::{Path, PathBuf};

/// What stands between `<!-- name -->` and `<!-- /name -->`.
#[derive(Clone, Debug)]
pub(crate) struct Section {
    path: PathBuf,
    name: &'static str,
}

impl Section {
    /// Names a section of a file of the repository.
    pub(crate) fn of_repository(file: &str, name: &'static str) -> Section {
        Section::new(root().join(file), name)
    }

    pub(crate) fn new(path: PathBuf, name: &'static str) -> Section {
        Section { path, name }
    }

    /// Reads what is there.
    pub(crate) fn read(&self) -> Result<String, String> {
        let text = self.text()?;
        Ok(self.split(&text)?.1.to_owned())
    }

    /// Puts `content` there.
    pub(crate) fn write(&self, content: &str) -> Result<(), String> {
        let text = self.text()?;
        let (before, _, after) = self.split(&text)?;
        let (begin, end) = self.marks();
        let text = format!("{before}{begin}\n{content}\n{end}{after}");
        fs::write(&self.path, text).map_err(|cause| format!("{}: {cause}", self.file()))
    }

    fn text(&self) -> Result<String, String> {
        fs::read_to_string(&self.path).map_err(|cause| format!("{}: {cause}", self.file()))
    }

    fn file(&self) -> String {
        let file = self.path.file_name().unwrap_or_default();
        file.to_string_lossy().into_owned()
    }

    fn marks(&self) -> (String, String) {
        let name = self.name;
        (format!("<!-- {name} -->\n"), format!("<!-- /{name} -->"))
    }

    /// Splits a text into what stands before, between and after the marks.
    fn split<'a>(&self, text: &'a str) -> Result<(&'a str, &'a str, &'a str), String> {
        let (begin, end) = self.marks();
        let parts = text.split_once(&begin).and_then(|(before, rest)| {
            let (between, after) = rest.split_once(&end)?;
            Some((before, between, after))
        });
        parts.ok_or_else(|| {
            format!(
                "{} lacks the lines `{}` and `{end}`; put them where the text belongs",
                self.file(),
                begin.trim_end()
            )
        })
    }
}

/// Returns where the repository lies.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}
