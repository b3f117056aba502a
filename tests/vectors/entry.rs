//! What the entries of the vectors say, as values of the API.

use std::time::Duration;

use sealed_session::adapter::{HeaderFields, RequestHead, ResponseHead};
use sealed_session::overflow::Overflow;
use sealed_session::revocation::{Revocation, RevocationTable, Staleness};
use sealed_session::{
    Budget, Compression, CookieSpec, Format, Key, KeyRing, Lifetime, Session, SessionManager,
    SessionManagerBuilder, Transport,
};
use serde_json::{Value, json};
use time::OffsetDateTime;

use crate::deposits::{fetch, overflow, store};

/// Longer than any time there is, in seconds.
const FOREVER: u64 = 1 << 33;

pub(super) fn parse(file: &str) -> Value {
    serde_json::from_str(file).unwrap()
}

pub(super) fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap()
}

pub(super) fn text<'a>(entry: &'a Value, field: &str) -> &'a str {
    entry[field]
        .as_str()
        .unwrap_or_else(|| panic!("{field} of {entry}"))
}

pub(super) fn number(entry: &Value, field: &str) -> u64 {
    entry[field]
        .as_u64()
        .unwrap_or_else(|| panic!("{field} of {entry}"))
}

pub(super) fn unhex(digits: &str) -> Vec<u8> {
    assert!(digits.len().is_multiple_of(2), "{digits}");
    (0..digits.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap())
        .collect()
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(super) fn moment(seconds: u64) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(seconds.try_into().unwrap()).unwrap()
}

pub(super) fn key(master: &Value) -> Key {
    Key::new(&unhex(master.as_str().unwrap())).unwrap()
}

pub(super) fn format(name: &Value) -> Format {
    match name.as_str() {
        Some("encrypted") => Format::Encrypted,
        Some("signed") => Format::Signed,
        _ => panic!("{name}"),
    }
}

/// The lifetimes, the skew and the bounds that `entry` tells of.
pub(super) fn policy(entry: &Value) -> Lifetime {
    let seconds = |field| entry[field].as_u64().map(Duration::from_secs);
    let idle = Duration::from_secs(number(entry, "idle"));
    let mut policy = Lifetime::new()
        .with_idle_timeout(idle)
        .with_absolute_lifetime(Duration::from_secs(number(entry, "absolute")))
        .allow_idle(
            seconds("shortest_idle").unwrap_or(idle),
            seconds("longest_idle").unwrap_or(idle),
        );
    if let Some(longest) = seconds("longest_absolute") {
        // No session is remembered for longer than browsers keep cookies. Then it is the policy's own end: no
        // case tells the difference.
        policy = match longest.as_secs() <= 400 * 86_400 {
            true => policy.with_remembered_up_to(longest),
            false => policy.with_absolute_lifetime(longest),
        };
    }
    if let Some(skew) = seconds("skew") {
        policy = policy.with_clock_skew(skew);
    }
    if entry["never_idle"] == true {
        policy = policy.allow_never_idle();
    }
    policy
}

pub(super) fn ring(entry: &Value, policy: &Lifetime) -> KeyRing {
    let keys = list(&entry["keys"]);
    let ring = KeyRing::new(key(&keys[0]));
    keys[1..].iter().fold(ring, |ring, master| {
        let retires = entry["retired"]
            .get(text_of(master))
            .and_then(Value::as_u64);
        let added = match retires.map(moment) {
            None => ring.accept(key(master)),
            Some(end) => {
                let stopped = end - policy.longest_absolute() - policy.clock_skew();
                ring.accept_until(key(master), stopped, end)
            }
        };
        added.unwrap()
    })
}

/// The transports that an entry tells of, if it is not cookies alone.
fn transport(told: &Value) -> Option<Transport> {
    let (field, link) = (told["field"].as_array(), told["link"].as_str());
    let transport = match (field.map(Vec::as_slice), link) {
        (Some([request, response]), _) => match text_of(request) {
            "authorization" => Transport::bearer(),
            name => Transport::header(name),
        }
        .answered_in(text_of(response)),
        (_, Some(parameter)) if told["cookie"].is_null() => Transport::url_that_leaks(parameter),
        _ => Transport::cookie(),
    };
    let transport = match told["cookie"].as_bool() {
        Some(true) => transport.or_cookie(),
        _ => transport,
    };
    let transport = match link {
        Some(parameter) => transport.or_url_that_leaks(parameter),
        None => transport,
    };
    told.is_object().then_some(transport)
}

/// What `entry` says of keys, formats, cookie and policy.
pub(super) fn manager(entry: &Value) -> SessionManager {
    let policy = policy(entry);
    let accepted = list(&entry["accepted"]);
    let mut builder =
        SessionManager::builder(CookieSpec::exact(text(entry, "name")), ring(entry, &policy))
            .audience(text(entry, "audience"))
            .budget(match entry["total_limit"].as_u64() {
                Some(total) => Budget::direct().with_total_limit(total.try_into().unwrap()),
                None => Budget::direct(),
            })
            .lifetime(policy)
            .format(format(&accepted[0]));
    // Only a writer has one.
    match entry["compression"].as_str() {
        None => {}
        Some("smallest") => builder = builder.compression(Compression::Smallest),
        Some("off") => builder = builder.compression(Compression::Off),
        Some(other) => panic!("{other}"),
    }
    if let Some(former) = entry["former"].as_str() {
        builder = builder.former_cookie(CookieSpec::exact(former));
    }
    if let Some(transport) = transport(&entry["transports"]) {
        builder = builder.transport(transport);
    }
    if let Some(kept) = entry["revocations"].as_array() {
        builder = known(builder, entry, kept);
    }
    if entry["stored"].is_object() {
        builder = builder.overflow(stored(entry));
    }
    for more in &accepted[1..] {
        builder = builder.accept_format(format(more));
    }
    builder.build().unwrap()
}

/// The revocations that a reader knows of, as of when, and what it does beyond a bound.
fn known(builder: SessionManagerBuilder, entry: &Value, kept: &[Value]) -> SessionManagerBuilder {
    let table = RevocationTable::new(100);
    let kept = kept
        .iter()
        .map(|one| Revocation::from_bytes(&unhex(text_of(one))).unwrap());
    table.add(kept, moment(number(entry, "now"))).unwrap();
    if let Some(as_of) = entry["as_of"].as_u64() {
        table.confirm(moment(as_of));
    }
    if let Some(since) = entry["since"].as_u64() {
        table.remember_since(moment(since));
    }
    let builder = builder.revocations(table);
    match entry["within"].as_u64() {
        None => builder,
        Some(within) => {
            builder.staleness(Staleness::within(Duration::from_secs(within)).or_refuse())
        }
    }
}

/// The store of a reader, and the limit of a session in it.
fn stored(entry: &Value) -> Overflow {
    let kept = entry["stored"].as_object().into_iter().flatten();
    let kept = kept.map(|(name, sealed)| (unhex(name), unhex(text_of(sealed))));
    let answers = entry["store_answers"].as_bool().unwrap_or(true);
    let overflow = overflow(answers.then(|| kept.collect()));
    match entry["limit"].as_u64() {
        Some(limit) => overflow.with_limit(limit.try_into().unwrap()),
        None => overflow,
    }
}

/// A request as in cookies.json, with one bare cookie.
pub(super) fn request(sealed: &Value, master: &Value, value: &str, now: u64) -> Value {
    json!({
        "cookies": [format!("{}={value}", text(sealed, "name"))],
        "name": sealed["name"],
        "audience": sealed["audience"],
        "keys": [master],
        "accepted": [sealed["format"]],
        "idle": FOREVER,
        "absolute": FOREVER,
        "now": now,
    })
}

pub(super) fn load(entry: &Value) -> (SessionManager, Session) {
    let manager = manager(entry);
    let plain = entry["cookies"].as_array().into_iter().flatten();
    let plain = plain.map(|line| line.as_str().unwrap().as_bytes().to_vec());
    let hex = entry["cookies_hex"].as_array().into_iter().flatten();
    let hex = hex.map(|line| unhex(line.as_str().unwrap()));
    let lines: Vec<Vec<u8>> = plain.chain(hex).collect();
    let fields = entry["fields"].as_array().cloned().unwrap_or_default();
    let fields: &HeaderFields<'_> = &|wanted, take| {
        let pairs = fields.iter().map(|pair| (text_of(&pair[0]), &pair[1]));
        let named = pairs.filter(|(name, _)| name.eq_ignore_ascii_case(wanted));
        named.for_each(|(_, value)| take(text_of(value).as_bytes()));
    };
    let mut request = RequestHead::new(lines.iter().map(Vec::as_slice)).fields(fields);
    if let Some(query) = entry["query"].as_str() {
        request = request.query(query);
    }
    if let Some(host) = entry["host"].as_str() {
        request = request.host(host);
    }
    let session = manager.load(request, moment(number(entry, "now")));
    fetch(&session);
    (manager, session)
}

pub(super) fn set_cookies(manager: &SessionManager, session: &Session, now: u64) -> Vec<String> {
    store(session, moment(now));
    let changes = manager.commit(session, ResponseHead::new(200), moment(now));
    let changes = changes.unwrap();
    let lines = changes
        .iter()
        .filter(|change| change.name() == "set-cookie");
    lines.map(|line| line.value().to_owned()).collect()
}

pub(super) fn label(session: &Session) -> Option<&'static str> {
    session.refusal().map(sealed_session::Refusal::label)
}

pub(super) fn text_of(value: &Value) -> &str {
    value.as_str().unwrap()
}

/// A line's pair, and its `Max-Age` if it has one.
pub(super) fn without_scope(line: &str) -> String {
    let parts = line.split("; ").enumerate();
    let kept = parts.filter(|(at, part)| *at == 0 || part.starts_with("Max-Age="));
    kept.map(|(_, part)| part).collect::<Vec<_>>().join("; ")
}
