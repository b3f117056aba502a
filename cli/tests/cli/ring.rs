//! Rings for tests: keys that are the same in every run, and the words of outputs without what is not.

use sealed_session::Key;

/// A fixed time, as an argument, and what the files of this folder count from.
pub(crate) const NOW: &str = "2027-01-31T12:00:00Z";

/// Returns one of the keys.
pub(crate) fn key(number: u8) -> Key {
    Key::new(&[number; 32]).unwrap()
}

/// Returns the text of a key.
pub(crate) fn text(number: u8) -> String {
    key(number).to_text().expose().to_owned()
}

/// Returns the id of a key.
pub(crate) fn id(number: u8) -> String {
    key(number).id().to_string()
}

/// Puts the texts of the keys 1 to 9 in place of `K1` to `K9`, and their ids in place of `#1` to `#9`.
pub(crate) fn with_keys(template: &str) -> String {
    (1..=9).fold(template.to_owned(), |all, number| {
        let all = all.replace(&format!("K{number}"), &text(number));
        all.replace(&format!("#{number}"), &id(number))
    })
}

/// Asserts that an output shows no key, whole or cut.
#[track_caller]
pub(crate) fn assert_no_key(output: &str) {
    let key = output.split("sealed_key_v").skip(1).find(|rest| {
        let is_of_key = |c: &char| c.is_ascii_alphanumeric() || "-_".contains(*c);
        rest.chars().take_while(is_of_key).count() > 12
    });
    assert_eq!(key, None, "{output}");
    for number in 1..=9 {
        let text = text(number);
        assert!(!output.contains(&text[20..32]), "{output}");
    }
}
