//! An answer, and what a scenario demands of one.

use crate::failure::{Failure, same};

/// A response as it came.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    place: String,
    pub(crate) status: u16,
    fields: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(super) fn new(place: String, status: u16) -> Answer {
        Answer {
            place,
            status,
            fields: Vec::new(),
            body: Vec::new(),
        }
    }

    pub(super) fn add(&mut self, name: &str, value: &str) {
        self.fields
            .push((name.to_ascii_lowercase(), value.to_owned()));
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn fields<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let found = self.fields.iter().filter(move |(field, _)| field == name);
        found.map(|(_, value)| value.as_str())
    }

    /// All fields of a name, joined as one.
    pub(crate) fn field(&self, name: &str) -> Option<String> {
        let all: Vec<&str> = self.fields(name).collect();
        (!all.is_empty()).then(|| all.join(", "))
    }

    /// Demands this status.
    pub(crate) fn is(&self, status: u16) -> Result<&Answer, Failure> {
        same(&self.place, "the status", status, self.status)?;
        Ok(self)
    }

    /// Demands this body.
    pub(crate) fn says(&self, body: &str) -> Result<&Answer, Failure> {
        same(&self.place, "the body", body, &self.text())?;
        Ok(self)
    }

    /// Demands an empty body, or in builds with debug assertions one that holds this text, which names a
    /// mistake of the app's.
    pub(crate) fn mistakes(&self, text: &str) -> Result<&Answer, Failure> {
        let body = self.text();
        match cfg!(debug_assertions) && body.contains(text) {
            true => Ok(self),
            false => self.says(""),
        }
    }

    /// Demands `Set-Cookie` lines of these names, in any order, and no others. Names stand without
    /// their prefix `__Host-`, and removals with a `-` in front.
    pub(crate) fn sets(&self, names: &[&str]) -> Result<&Answer, Failure> {
        let mut seen: Vec<String> = self.fields("set-cookie").map(shown).collect();
        let mut names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        seen.sort();
        names.sort();
        same(&self.place, "the cookies set", names, seen)?;
        Ok(self)
    }

    /// Demands that the fields of this name, taken together, say this.
    pub(crate) fn has(&self, name: &str, value: &str) -> Result<&Answer, Failure> {
        same(&self.place, name, Some(value), self.field(name).as_deref())?;
        Ok(self)
    }

    /// Demands that there is no such field.
    pub(crate) fn lacks(&self, name: &str) -> Result<&Answer, Failure> {
        same(&self.place, name, None, self.field(name).as_deref())?;
        Ok(self)
    }

    /// Demands that it says nothing of a session.
    pub(crate) fn is_silent(&self) -> Result<&Answer, Failure> {
        self.sets(&[])?.lacks("vary")?.lacks("cache-control")
    }
}

/// Name of the cookie that a line sets, or removes.
fn shown(line: &str) -> String {
    let name = line.split('=').next().unwrap_or_default();
    let name = name.strip_prefix("__Host-").unwrap_or(name);
    match line.contains("; Max-Age=0") {
        true => format!("-{name}"),
        false => name.to_owned(),
    }
}
