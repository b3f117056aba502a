//! A ring and its schedule as a time line in text.

use sealed_session::report::{KeyId, RingKey};
use sealed_session::time::OffsetDateTime;

use crate::instant::date;
use crate::style::{DIM, HEAD, wrap};

/// What happens at one time.
#[derive(Debug)]
pub(crate) struct Moment {
    pub(crate) at: OffsetDateTime,
    pub(crate) what: String,
}

impl Moment {
    pub(crate) fn new(at: OffsetDateTime, what: impl Into<String>) -> Moment {
        let what = what.into();
        Moment { at, what }
    }
}

/// Returns what is written in a ring, in the order of time.
pub(crate) fn moments(keys: &[RingKey]) -> Vec<Moment> {
    let mut moments = Vec::new();
    for (place, key) in keys.iter().enumerate() {
        let id = key.id;
        if let Some(at) = key.seals_from {
            // Keys that seal stand in the order of their turns.
            let before = place.checked_sub(1).and_then(|before| keys.get(before));
            let what = match before {
                None => format!("{id} starts to seal"),
                Some(before) => format!("{id} starts to seal in place of {}", before.id),
            };
            moments.push(Moment::new(at, what));
        }
        if let (false, Some(at)) = (key.seals, key.stopped) {
            let what = format!("{id} stops sealing, and is only accepted");
            moments.push(Moment::new(at, what));
        }
        if let Some(at) = key.until {
            let what = format!("{id} retires");
            moments.push(Moment::new(at, what));
        }
    }
    moments.sort_by_key(|moment| moment.at);
    moments
}

/// Returns what the keys do at a time.
pub(crate) fn now(keys: &[RingKey], sealing: Option<KeyId>, at: OffsetDateTime) -> Moment {
    let seals = sealing.map_or_else(|| "nothing seals".to_owned(), |id| format!("{id} seals"));
    let opens =
        |key: &&RingKey| Some(key.id) != sealing && key.until.is_none_or(|until| until > at);
    let others: Vec<String> = keys
        .iter()
        .filter(opens)
        .map(|key| key.id.to_string())
        .collect();
    let others = match others.as_slice() {
        [] => String::new(),
        [only] => format!("; {only} is accepted"),
        few @ [_, _] | few @ [_, _, _] => format!("; {} are accepted", few.join(", ")),
        many => format!("; {} others are accepted", many.len()),
    };
    Moment {
        at,
        what: format!("{seals}{others}"),
    }
}

/// Writes moments, one a line. Those before `now` are dim, and that at `now` stands out.
pub(crate) fn text(moments: &[Moment], now: OffsetDateTime) -> String {
    let indent = " ".repeat(27);
    let line = |moment: &Moment| {
        let line = format!("{}  {}", date(moment.at), moment.what);
        match moment.at.cmp(&now) {
            std::cmp::Ordering::Less => wrap(&format!("  {DIM}{line}{DIM:#}"), &indent),
            std::cmp::Ordering::Equal => wrap(&format!("{HEAD}> {line}{HEAD:#}"), &indent),
            std::cmp::Ordering::Greater => wrap(&format!("  {line}"), &indent),
        }
    };
    moments.iter().map(line).collect()
}
