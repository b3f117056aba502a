//! What a ticket of a hand-over holds.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::slot::Slot;
use crate::ticket::{Bound, Purpose};

/// The tickets of hand-overs. A redirect takes no longer, and the shortest stay is the safest.
pub(crate) const TICKET: Purpose<Given, Bound> =
    Purpose::new("hand-over", Duration::from_secs(30)).bound();

/// The slot in which a browser keeps that it asked. It is private: a session of it holds a nonce, and nothing else.
pub(crate) enum AskedHere {}

impl Slot for AskedHere {}

/// A sign-in, as one site gives it to another.
#[derive(Serialize, Deserialize)]
pub(crate) struct Given {
    pub(crate) subject: String,
    pub(crate) labels: Vec<String>,
    /// When the session that is given began, in seconds: what was revoked since then does not arrive.
    pub(crate) created: u32,
    /// When the visitor last confirmed who they are, in seconds.
    pub(crate) confirmed: Option<u32>,
    /// The half of the id that lasts for the sign-in.
    pub(crate) origin: [u8; 8],
    /// The path to come back to.
    pub(crate) back: String,
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    /// What is given is written as the frozen tickets have it.
    #[test]
    fn a_sign_in_is_written_as_the_vectors_have_it() {
        let file = include_str!("../../tests/vectors/hand_overs.json");
        let file: Value = serde_json::from_str(file).unwrap();
        let all = file["arrivals"].as_array().unwrap();
        assert!(all.len() > 5);
        for entry in all {
            // In the order of the session: `with labels` has them in another one.
            let labels = entry["labels"].as_array().unwrap();
            let labels = labels
                .iter()
                .map(|label| label.as_str().unwrap().to_owned());
            let mut labels: Vec<String> = labels.collect();
            if entry["case"] == "with labels" {
                labels.reverse();
            }
            let number = |name: &str| entry[name].as_u64().map(|n| u32::try_from(n).unwrap());
            let confirmed = match entry["case"].as_str() {
                Some("confirmed too far ahead") => Some(1_800_000_121),
                _ => number("confirmed"),
            };
            let origin = u64::from_str_radix(entry["origin"].as_str().unwrap(), 16).unwrap();
            let given = Given {
                subject: entry["subject"].as_str().unwrap().to_owned(),
                labels,
                created: number("created").unwrap(),
                confirmed,
                origin: origin.to_be_bytes(),
                back: entry["back"].as_str().unwrap().to_owned(),
            };
            let written = TICKET.write(&given).unwrap();
            let written: String = written.iter().map(|byte| format!("{byte:02x}")).collect();
            assert_eq!(
                written,
                entry["value"].as_str().unwrap(),
                "{}",
                entry["case"]
            );
        }
    }
}
