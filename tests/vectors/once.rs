//! Things that count once: their names.

use sealed_session::{KeyRing, SessionManager};

use crate::check::{each, same};
use crate::entry::{hex, key, list, moment, parse, text, text_of, unhex};

pub(crate) const ONCE: &str = include_str!("once.json");

#[test]
fn things_have_these_names() {
    let now = moment(1_800_000_000);
    each(list(&parse(ONCE)["things"]), |entry| {
        let [first, other] = list(&entry["keys"]) else {
            return Err("two keys are wanted".to_owned());
        };
        let ring = KeyRing::new(key(first)).accept(key(other)).unwrap();
        let manager = SessionManager::builder("session", ring)
            .audience(text(entry, "audience"))
            .build()
            .unwrap();
        let thing = unhex(text(entry, "thing"));
        let good = now..moment(1_800_000_900);
        let thing = manager.once_only(text(entry, "purpose"), thing, good, now);
        let names: Vec<String> = thing.names().iter().map(|name| hex(name)).collect();
        let wanted: Vec<&str> = list(&entry["names"]).iter().map(text_of).collect();
        same("names", names, wanted)
    });
}
