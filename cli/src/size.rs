//! `sealed-session size`: what a session of these values costs, measured by real managers.

use std::fs::File;
use std::io::{self, Read, stdin};
use std::path::PathBuf;

use clap::Args;
use sealed_session::adapter::RequestHead;
use sealed_session::report::{AttributeSize, Measure};
use sealed_session::time::OffsetDateTime;
use sealed_session::{Compression, Error, Key, KeyRing, SessionManagerBuilder};
use serde_json::{Map, Value, json};

use crate::answer::{Answer, Failure, Verdict};
use crate::policy::{BUDGETS, HELP, PolicyArguments};
use crate::style::{BAD, HEAD, bar, number, shown, wrap};

/// Measure a session: JSON in, cookies and bytes out
#[derive(Args, Debug)]
#[command(after_help = ["\
The JSON is an object, whose members become the attributes of a session under
string keys. Values under typed keys take less; `Session::size` measures them.
The bytes are those of all Set-Cookie values, with names and attributes.

Examples:
  sealed-session size session.json
  echo '{\"cart\": [[4711, 2], [4712, 1]]}' | sealed-session size
  sealed-session size session.json --policy name=__Host-shop,format=signed
  sealed-session size session.json --json

JSON: fits, attributes (name, bytes), budgets (budget, compression, fits; then
cookies, bytes, allowed, room, or unit, needed, allowed).

Exit codes: 0 if the session fits the policy's budget, which is `portable` if
none is given; 1 if it does not; 2 if the input is no JSON object.
", HELP].concat())]
pub(crate) struct Size {
    /// The file with the JSON; standard input if there is none
    file: Option<PathBuf>,
    #[command(flatten)]
    policy: PolicyArguments,
}

/// The most input that is read. No budget permits an attribute of a tenth of it.
const INPUT_MAX: u64 = 1_048_576;

/// The width of the column with the names of budgets.
const NAMES: usize = 10;

/// The two policies that compress, from the default on.
const COMPRESSIONS: [(&str, Compression); 2] = [
    ("Auto", Compression::Auto),
    ("Smallest", Compression::Smallest),
];

/// What one manager says of the session.
struct Figure {
    budget: &'static str,
    compression: &'static str,
    measured: Measured,
}

enum Measured {
    Fits {
        bytes: usize,
        cookies: usize,
        allowed: usize,
        room: usize,
    },
    /// What the session needs, and what it may have, in the unit that the budget stopped at.
    Over {
        measure: Measure,
        needed: usize,
        allowed: usize,
    },
}

impl Size {
    pub(crate) fn run(&self, now: OffsetDateTime) -> Result<Answer, Failure> {
        let policy = self.policy.read()?;
        let members = self.members()?;
        let key = Key::generate()?;
        let mut figures = Vec::new();
        let mut attributes: Vec<AttributeSize> = Vec::new();
        for (name, budget) in BUDGETS {
            for (compression, setting) in COMPRESSIONS {
                let builder = policy.builder(KeyRing::new(key.clone())).budget(budget);
                let builder = builder.compression(setting);
                let (measured, largest) = measure(builder, &members, now)
                    .map_err(|error| Failure::new(format!("{}: {error}", self.place())))?;
                // The list of a session that does not fit ends after three.
                if largest.len() > attributes.len() {
                    attributes = largest;
                }
                figures.push(Figure {
                    budget: name,
                    compression,
                    measured,
                });
            }
        }
        Ok(answer(&figures, &attributes, policy.budget_name()))
    }

    /// Reads the attributes.
    fn members(&self) -> Result<Map<String, Value>, Failure> {
        let failure = |what: String| Failure::new(format!("{}: {what}", self.place()));
        let mut text = Vec::new();
        let read = match &self.file {
            Some(path) => File::open(path).and_then(|file| read_some(file, &mut text)),
            None => read_some(stdin(), &mut text),
        };
        read.map_err(|cause| failure(format!("cannot be read: {cause}")))?;
        if u64::try_from(text.len()).unwrap_or(u64::MAX) > INPUT_MAX {
            let what =
                format!("it has more than {INPUT_MAX} bytes, and no session takes that many");
            return Err(failure(what));
        }
        // As editors of Windows put it in front.
        let json = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&text);
        let value = serde_json::from_slice(json)
            .map_err(|cause| failure(format!("this is not JSON: {cause}")))?;
        match value {
            Value::Object(members) => Ok(members),
            _ => Err(failure(
                "a JSON object is expected, from the names of attributes to their values"
                    .to_owned(),
            )),
        }
    }

    /// Names the input, for errors.
    fn place(&self) -> String {
        let path = self.file.as_ref();
        path.map_or_else(
            || "standard input".to_owned(),
            |path| path.display().to_string(),
        )
    }
}

/// Reads one byte more than what is taken, so that too much is noticed.
fn read_some(input: impl Read, text: &mut Vec<u8>) -> io::Result<usize> {
    input.take(INPUT_MAX + 1).read_to_end(text)
}

/// Asks one manager for the size of the session, and returns it with the sizes of the attributes, the largest
/// first.
fn measure(
    builder: SessionManagerBuilder,
    members: &Map<String, Value>,
    now: OffsetDateTime,
) -> Result<(Measured, Vec<AttributeSize>), Error> {
    let session = builder.build()?.load(RequestHead::default(), now);
    let stored = members
        .iter()
        .try_for_each(|(name, value)| session.insert(name.as_str(), value.clone()));
    match stored.and_then(|()| session.size()) {
        Ok(size) => {
            let fits = Measured::Fits {
                bytes: size.bytes,
                cookies: size.lines.len(),
                allowed: size.budget.total_limit(),
                room: size.room,
            };
            Ok((fits, size.attributes))
        }
        Err(error) => match error.sizes() {
            Some(sizes) => {
                let over = Measured::Over {
                    measure: sizes.measure,
                    needed: sizes.needed,
                    allowed: sizes.allowed,
                };
                Ok((over, sizes.largest.clone()))
            }
            None => Err(error),
        },
    }
}

impl Figure {
    fn fits(&self) -> bool {
        matches!(self.measured, Measured::Fits { .. })
    }

    /// Writes a row of the table. The budget's name stands in the first of its rows.
    fn row(&self, is_first: bool) -> String {
        let name = if is_first { self.budget } else { "" };
        let start = format!("{name:NAMES$}  {:11}", self.compression);
        match self.measured {
            Measured::Fits {
                bytes,
                cookies,
                allowed,
                ..
            } => format!(
                "{start}  {cookies:7}  {:>6} of {:>6}  {}\n",
                number(bytes),
                number(allowed),
                bar(bytes, allowed)
            ),
            Measured::Over {
                measure,
                needed,
                allowed,
            } => {
                let unit = unit(measure);
                let (needed, allowed) = (number(needed), number(allowed));
                format!("{start}  {BAD}does not fit: {needed} {unit} of {allowed}{BAD:#}\n")
            }
        }
    }

    fn json(&self) -> Value {
        let mut json = json!({
            "budget": self.budget,
            "compression": self.compression.to_ascii_lowercase(),
            "fits": self.fits(),
        });
        let measured = match self.measured {
            Measured::Fits {
                bytes,
                cookies,
                allowed,
                room,
            } => {
                json!({ "cookies": cookies, "bytes": bytes, "allowed": allowed, "room": room })
            }
            Measured::Over {
                measure,
                needed,
                allowed,
            } => {
                json!({ "unit": unit(measure), "needed": needed, "allowed": allowed })
            }
        };
        if let (Some(json), Value::Object(measured)) = (json.as_object_mut(), measured) {
            json.extend(measured);
        }
        json
    }
}

fn unit(measure: Measure) -> &'static str {
    match measure {
        Measure::Cookies => "cookies",
        Measure::Unpacked => "bytes before compression",
        _ => "bytes",
    }
}

fn answer(figures: &[Figure], attributes: &[AttributeSize], asked: &str) -> Answer {
    let fits = figures
        .iter()
        .any(|figure| figure.budget == asked && figure.compression == "Auto" && figure.fits());
    let mut text = format!(
        "{HEAD}{:NAMES$}  {:11}  cookies{:>18}{HEAD:#}\n",
        "budget", "compression", "bytes"
    );
    let mut last = "";
    for figure in figures {
        text += &figure.row(figure.budget != last);
        last = figure.budget;
    }
    text.push('\n');
    text += &wrap(&largest(attributes), "");
    if !fits {
        text += &wrap(&advice(figures, asked), "");
    }
    let json = json!({
        "fits": fits,
        "budgets": figures.iter().map(Figure::json).collect::<Value>(),
        "attributes": attributes
            .iter()
            .map(|size| json!({ "name": size.name, "bytes": size.bytes }))
            .collect::<Value>(),
    });
    Answer {
        text,
        json,
        verdict: if fits { Verdict::Yes } else { Verdict::No },
    }
}

/// Says which attributes take most, before compression.
fn largest(attributes: &[AttributeSize]) -> String {
    let largest = attributes.iter().take(3).map(|size| {
        let name: String = size.name.chars().take(40).collect();
        format!("`{}` with {}", shown(&name), number(size.bytes))
    });
    let largest = largest.collect::<Vec<_>>().join(", ");
    match attributes {
        [] => "There are no attributes, and a session without any is not sent.".to_owned(),
        [_] => format!("The only attribute, in bytes before compression: {largest}."),
        _ => format!("The largest attributes, in bytes before compression: {largest}."),
    }
}

/// Says what to do about a session that is over the budget that was asked for.
fn advice(figures: &[Figure], asked: &str) -> String {
    let start = format!(
        "It does not fit `{asked}`. Keep in the session what a request needs to find the rest, such as \
         an id, and the largest attribute elsewhere."
    );
    let mut larger = figures.iter().skip_while(|figure| figure.budget != asked);
    match larger.find(|figure| figure.fits()) {
        None => format!("{start} No larger budget holds it."),
        Some(figure) if figure.budget == asked => {
            format!(
                "{start} Or build the manager with `Compression::{}`.",
                figure.compression
            )
        }
        Some(figure) => {
            let needs = match figure.budget {
                "within_8k" => {
                    "8 KiB of headers in both directions: nginx needs `proxy_buffer_size 8k`"
                }
                "within_16k" => {
                    "16 KiB of headers in both directions, which Apache and nginx take only if told to"
                }
                _ => "that no proxy stands in front",
            };
            format!(
                "{start} Or set `Budget::{}`, which needs {needs}.",
                figure.budget
            )
        }
    }
}
