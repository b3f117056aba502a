//! The text of a ring, and changes to it that leave everything else as it stands: comments, order, line ends.
//!
//! Takes only texts that the library has read as a ring. Which key is what, the library says; this file finds
//! the places.

use sealed_session::Key;
use sealed_session::report::KeyId;
use sealed_session::time::OffsetDateTime;
use zeroize::Zeroizing;

use crate::instant::rfc3339;

/// What to change in a ring.
#[derive(Debug, Default)]
pub(crate) struct Edits<'e> {
    /// The key to add at the end, and when it starts to seal.
    pub(crate) add: Option<(&'e Key, OffsetDateTime)>,
    /// Until when keys are accepted from now on.
    pub(crate) retire: Vec<(KeyId, OffsetDateTime)>,
    pub(crate) remove: Vec<KeyId>,
}

impl Edits<'_> {
    /// Returns the text with the changes. A comment behind a key goes with the key.
    pub(crate) fn apply(&self, text: &str) -> Zeroizing<String> {
        let text = undressed(text);
        // No reallocation leaves a copy of keys behind.
        let mut edited = Zeroizing::new(String::with_capacity(2 * text.len() + 256));
        for line in text.split_inclusive('\n') {
            self.line(line, &mut edited);
        }
        if let Some((key, from)) = self.add {
            let line_end = if text.contains("\r\n") { "\r\n" } else { "\n" };
            if !edited.is_empty() && !edited.ends_with('\n') {
                edited.push_str(line_end);
            }
            edited.push_str(key.to_text().expose());
            edited.push_str(&format!(" from {} # {}{line_end}", rfc3339(from), key.id()));
        }
        edited
    }

    fn line(&self, line: &str, edited: &mut String) {
        let content_end = line.find(['#', '\r', '\n']).unwrap_or(line.len());
        let (content, tail) = line.split_at_checked(content_end).unwrap_or((line, ""));
        let entries = content
            .split(',')
            .filter(|entry| !entry.trim_ascii().is_empty());
        let entries: Vec<Entry<'_>> = entries.map(Entry::of).collect();
        if !entries.iter().any(|entry| self.concerns(entry.id)) {
            edited.push_str(line);
            return;
        }
        let mut kept = 0;
        for entry in entries {
            if entry.id.is_some_and(|id| self.remove.contains(&id)) {
                continue;
            }
            if kept > 0 {
                edited.push_str(", ");
            }
            kept += 1;
            let retires = self.retire.iter().find(|(id, _)| Some(*id) == entry.id);
            match retires {
                None => edited.push_str(entry.text.trim_ascii()),
                Some((_, until)) => entry.write_until(*until, edited),
            }
        }
        if kept > 0 {
            let space = if tail.starts_with('#') { " " } else { "" };
            edited.push_str(space);
            edited.push_str(tail);
        }
    }

    fn concerns(&self, id: Option<KeyId>) -> bool {
        id.is_some_and(|id| {
            self.remove.contains(&id) || self.retire.iter().any(|(retires, _)| *retires == id)
        })
    }
}

/// What stands between two commas.
struct Entry<'t> {
    text: &'t str,
    id: Option<KeyId>,
}

impl Entry<'_> {
    fn of(text: &str) -> Entry<'_> {
        let first = words(text).next();
        let key = first.and_then(|word| word.parse::<Key>().ok());
        Entry {
            text,
            id: key.map(|key| key.id()),
        }
    }

    /// Writes the entry with this end in place of the one that it has, if it has one.
    fn write_until(&self, until: OffsetDateTime, edited: &mut String) {
        let mut words = words(self.text);
        let mut separator = "";
        while let Some(word) = words.next() {
            if word == "until" {
                words.next();
                continue;
            }
            edited.push_str(separator);
            edited.push_str(word);
            separator = " ";
        }
        edited.push_str(&format!(" until {}", rfc3339(until)));
    }
}

/// Returns the words of an entry, without quotes around it or around its key.
fn words(entry: &str) -> impl Iterator<Item = &str> {
    let words = entry.split_ascii_whitespace();
    let words = words.map(|word| word.trim_matches(['"', '\'']));
    words.filter(|word| !word.is_empty())
}

/// Takes off what the library overlooks around a text: a byte-order mark, and the only two quotes if they are
/// around all of it. What is added could not stand behind them.
fn undressed(text: &str) -> &str {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let inner = ['"', '\''].into_iter().find_map(|quote| {
        let inner = text.trim_start_matches([' ', '\t']).strip_prefix(quote)?;
        let inner = inner.trim_ascii_end().strip_suffix(quote)?;
        (!inner.contains(quote)).then_some(inner)
    });
    inner.unwrap_or(text)
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::indexing_slicing,
        reason = "a test may panic"
    )]

    use super::*;

    fn at(seconds: i64) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp(1_800_000_000 + seconds).unwrap()
    }

    const UNTIL: &str = "until 2027-01-15T08:00:00Z";

    #[test]
    fn a_change_leaves_everything_else_as_it_stands() {
        let keys = [1, 2, 3, 4].map(|byte| Key::new(&[byte; 32]).unwrap());
        let [a, b, c, new] = &keys;
        let text = |key: &Key| key.to_text().expose().to_owned();
        let [ta, tb, tc, tn] = [a, b, c, new].map(text);
        let add = format!("{tn} from 2027-01-15T08:00:01Z # {}", new.id());
        let retire_a = || vec![(a.id(), at(0))];
        for (name, before, retire, remove, after) in [
            (
                "one key",
                format!("{ta}\n"),
                retire_a(),
                vec![],
                format!("{ta} {UNTIL}\n{add}\n"),
            ),
            (
                "no line end",
                ta.clone(),
                retire_a(),
                vec![],
                format!("{ta} {UNTIL}\n{add}\n"),
            ),
            (
                "comments",
                format!("# One, two.\n\n  {ta} from 2027-01-01T00:00:00Z  # a\n# end\n{tb}#b\n"),
                retire_a(),
                vec![],
                format!(
                    "# One, two.\n\n{ta} from 2027-01-01T00:00:00Z {UNTIL} # a\n# end\n{tb}#b\n{add}\n"
                ),
            ),
            (
                "another end",
                format!("{tb}\n{ta} stopped 2027-01-01T00:00:00Z until 2027-01-02T00:00:00Z\n"),
                retire_a(),
                vec![],
                format!("{tb}\n{ta} stopped 2027-01-01T00:00:00Z {UNTIL}\n{add}\n"),
            ),
            (
                "removed with its comment, and no other",
                format!("# b is old\n{tb} # b\n{ta}\n"),
                vec![],
                vec![b.id()],
                format!("# b is old\n{ta}\n{add}\n"),
            ),
            (
                "commas",
                format!("{ta}, {tb},{tc},\n"),
                retire_a(),
                vec![b.id()],
                format!("{ta} {UNTIL}, {tc}\n{add}\n"),
            ),
            (
                "line ends of Windows, a mark and quotes",
                format!("\u{feff}\"{ta}\r\n{tb}\"\r\n"),
                retire_a(),
                vec![],
                format!("{ta} {UNTIL}\r\n{tb}\r\n{add}\r\n"),
            ),
            (
                "quotes around entries",
                format!("\"{ta}\"\n'{tb} from 2027-01-01T00:00:00Z'\n"),
                vec![(a.id(), at(0)), (b.id(), at(0))],
                vec![],
                format!("{ta} {UNTIL}\n{tb} from 2027-01-01T00:00:00Z {UNTIL}\n{add}\n"),
            ),
        ] {
            let edits = Edits {
                add: Some((new, at(1))),
                retire,
                remove,
            };
            assert_eq!(*edits.apply(&before), after, "{name}");
            assert_eq!(
                *Edits::default().apply(&before),
                undressed(&before),
                "{name}"
            );
        }
    }
}
