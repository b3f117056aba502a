//! Since when a server has lost no key, as far as it can be told from outside: it was not started again, it evicted nothing,
//! and nobody emptied it.

use redis::Value;
use time::OffsetDateTime;

use crate::entry::text;

/// What is written in the store when its memory begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Memory {
    pub(crate) since: OffsetDateTime,
    course: Course,
}

/// What changes whenever a server may have lost a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Course {
    /// The server's name for itself since it was started.
    run: String,
    /// How many keys it has evicted since.
    evicted: u64,
}

/// Why a memory begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Beginning {
    /// None was written, or it is gone: the first use, or FLUSHALL.
    Empty,
    /// The server was started again, or is another one.
    Restarted,
    /// The server has evicted keys.
    Evicted,
}

impl Memory {
    pub(crate) fn begin(since: OffsetDateTime, course: Course) -> Memory {
        Memory { since, course }
    }

    /// Reads what the store holds, and compares it with what the server says of itself. `is_durable`: it was not lost
    /// by starting it again.
    pub(crate) fn check(
        kept: &Value,
        course: &Course,
        is_durable: bool,
    ) -> Result<Memory, Beginning> {
        let kept = text(kept).and_then(Memory::read).ok_or(Beginning::Empty)?;
        let is_same_run = kept.course.run == course.run;
        match is_same_run {
            true if kept.course.evicted == course.evicted => Ok(kept),
            false if is_durable && course.evicted == 0 => {
                Ok(Memory::begin(kept.since, course.clone()))
            }
            false if !is_durable => Err(Beginning::Restarted),
            _ => Err(Beginning::Evicted),
        }
    }

    /// Returns whether the store says so of the server as it is.
    pub(crate) fn is_kept_as(&self, kept: &Value) -> bool {
        text(kept).is_some_and(|kept| kept == self.to_text())
    }

    pub(crate) fn to_text(&self) -> String {
        let Course { run, evicted } = &self.course;
        format!("{} {run} {evicted}", self.since.unix_timestamp())
    }

    fn read(text: &str) -> Option<Memory> {
        let mut parts = text.split(' ');
        let since = parts.next()?.parse().ok()?;
        Some(Memory {
            since: OffsetDateTime::from_unix_timestamp(since).ok()?,
            course: Course {
                run: parts.next()?.to_owned(),
                evicted: parts.next()?.parse().ok()?,
            },
        })
    }
}

impl Course {
    /// Reads what `INFO server stats` says. `None` if a part is missing.
    pub(crate) fn read(info: &Value) -> Option<Course> {
        let info: String = redis::from_redis_value_ref(info).ok()?;
        let find = |name| {
            let mut lines = info.lines();
            lines
                .find_map(|line| line.strip_prefix(name))
                .map(str::trim)
        };
        let run = find("run_id:")?;
        Some(Course {
            run: (!run.is_empty() && !run.contains(' ')).then(|| run.to_owned())?,
            evicted: find("evicted_keys:")?.parse().ok()?,
        })
    }
}

impl Beginning {
    pub(crate) fn reason(self) -> &'static str {
        match self {
            Beginning::Empty => "it was empty",
            Beginning::Restarted => "the server was started again",
            Beginning::Evicted => "the server has evicted keys; set `maxmemory-policy noeviction`",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn course(run: &str, evicted: u64) -> Course {
        let info = format!("# Server\r\nrun_id:{run}\r\n\r\n# Stats\r\nevicted_keys:{evicted}\r\n");
        Course::read(&Value::BulkString(info.into_bytes())).unwrap()
    }

    #[test]
    fn whatever_may_have_lost_a_key_begins_a_memory_anew() {
        let kept = |text: &str| Value::BulkString(text.as_bytes().to_vec());
        let table = [
            // What is kept, the course, whether restarts lose nothing; and since when it remembers.
            (kept("900 a 0"), course("a", 0), false, Ok(900)),
            (kept("900 a 7"), course("a", 7), false, Ok(900)),
            (
                kept("900 a 0"),
                course("a", 1),
                false,
                Err(Beginning::Evicted),
            ),
            (
                kept("900 a 7"),
                course("a", 0),
                false,
                Err(Beginning::Evicted),
            ),
            (
                kept("900 a 0"),
                course("b", 0),
                false,
                Err(Beginning::Restarted),
            ),
            (kept("900 a 7"), course("b", 0), true, Ok(900)),
            (
                kept("900 a 7"),
                course("b", 1),
                true,
                Err(Beginning::Evicted),
            ),
            (
                kept("900 a 0"),
                course("a", 1),
                true,
                Err(Beginning::Evicted),
            ),
            (Value::Nil, course("a", 0), true, Err(Beginning::Empty)),
            (kept(""), course("a", 0), true, Err(Beginning::Empty)),
            (kept("900 a"), course("a", 0), true, Err(Beginning::Empty)),
            (kept("x a 0"), course("a", 0), true, Err(Beginning::Empty)),
            (
                kept("99999999999999999 a 0"),
                course("a", 0),
                true,
                Err(Beginning::Empty),
            ),
        ];
        for (kept, course, is_durable, wanted) in table {
            let memory = Memory::check(&kept, &course, is_durable);
            let since = memory.clone().map(|memory| memory.since.unix_timestamp());
            assert_eq!(since, wanted, "{kept:?}, {course:?}, {is_durable}");
            if let Ok(memory) = memory {
                assert_eq!(
                    Memory::check(
                        &Value::BulkString(memory.to_text().into_bytes()),
                        &course,
                        false
                    ),
                    Ok(memory)
                );
            }
        }
        let partial = Value::BulkString(b"run_id:a\r\n".to_vec());
        assert_eq!(
            Course::read(&partial),
            None,
            "evictions that nobody tells of"
        );
    }
}
