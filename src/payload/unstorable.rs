//! The reasons for which a value cannot be stored.

/// The reason for which a value is not stored.
#[derive(Debug)]
pub(super) enum Unstorable {
    /// No codec can write it.
    NoForm(String),
    /// It would come back as another value.
    Lost(String),
}

impl From<Unstorable> for String {
    fn from(refused: Unstorable) -> String {
        match refused {
            Unstorable::NoForm(why) | Unstorable::Lost(why) => why,
        }
    }
}
