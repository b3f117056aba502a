//! The size of a session on its way out.

use super::Session;
use crate::cookie::{Budget, Jar, Tally};
use crate::error::{AttributeSize, Error};
use crate::visit::{SessionState, largest, request_bytes};

/// The size of a session on its way out; see [`Session::size`](crate::Session::size).
///
/// ```
/// # let session = sealed_session::testing::session();
/// session.insert("name", "Ada")?;
/// let size = session.size()?;
/// assert_eq!(size.lines.len(), 1);
/// assert!(size.bytes < 220 && size.bytes < size.budget.total_limit());
/// assert_eq!((size.attributes[0].name.as_str(), size.attributes[0].bytes), ("name", 13));
/// # Ok::<(), sealed_session::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Size {
    /// The bytes of what is sent: of cookies all `Set-Cookie` values, with names, values and
    /// attributes; of a field or a link the token, with what stands in front of it. 0 if there is no
    /// session.
    pub bytes: usize,
    /// The lines, in order: one for each cookie, or one for a field or a link.
    pub lines: Vec<LineSize>,
    /// Every attribute with its bytes before compression, the largest first.
    pub attributes: Vec<AttributeSize>,
    /// The bytes of attributes that still fit if they can be neither packed nor compressed. Their names
    /// are included, and four to six bytes for each. A session that is stored as it is takes as many. One
    /// in LZ4 takes some tens of bytes less, and one in DEFLATE up to 7 % of its budget less, because new
    /// attributes make the others compress less well. With an [`Overflow`](crate::overflow::Overflow) these are the
    /// bytes that are left of its limit.
    pub room: usize,
    /// The bytes of attributes that are [stored elsewhere](crate::overflow), before compression; 0 if the session fits in
    /// what is sent. They are all of its attributes.
    pub stored: usize,
    /// The budget that counts for the session, with the limits of all these numbers.
    pub budget: Budget,
    /// The bytes of a response head that the session may not have, because tombstones, removals, names of
    /// fields and what is said to caches may need them in the same response. 0 if the budget does not
    /// [limit the head](Budget::with_head_limit).
    pub reserved: usize,
    /// The bytes of the `Cookie` field of the next request, if the browser then has the other cookies
    /// that came along with this one, those of other [slots](crate::slots) among them. The session's touch
    /// and its tombstones are not counted, some 50 bytes each, and neither are the cookies of a session
    /// that was refused, as long as no other takes their place.
    pub request_bytes: usize,
    /// The cookies that came along and are not of this session. Those of other [slots](crate::slots)
    /// are among them as they came, with their touches and tombstones: one session knows of no other.
    pub other_cookies: usize,
    /// The bytes of these [other cookies](Size::other_cookies) in the request's `Cookie` field: names,
    /// values, and what stands between cookies.
    pub other_bytes: usize,
}

/// The size of one line; see [`Size::lines`].
///
/// ```
/// # let session = sealed_session::testing::session();
/// session.insert("name", "Ada")?;
/// for line in session.size()?.lines {
///     println!("{} takes {} bytes", line.name, line.bytes);
/// }
/// # Ok::<(), sealed_session::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct LineSize {
    /// The name of the cookie, of the field, or of the parameter of links.
    pub name: String,
    /// The bytes of the line. Of a cookie, they are those of its `Set-Cookie` value: name, value and
    /// attributes.
    pub bytes: usize,
}

impl Session {
    /// Returns the size of what a commit sends if the session was changed.
    ///
    /// # Errors
    ///
    /// [`Error::is_too_large`] if the session is over its budget.
    ///
    /// ```
    /// # let session = sealed_session::testing::session();
    /// session.insert("name", "Ada")?;
    /// assert_eq!(session.size()?.lines.len(), 1);
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    pub fn size(&self) -> Result<Size, Error> {
        self.visit.at(self.at, |slot| {
            let exit = slot.exit();
            let others = slot.came().jar().map_or(Tally::default(), Jar::others);
            let sent = slot.opened().filter(|state| !state.is_nothing());
            let mut size = Size {
                bytes: 0,
                lines: Vec::new(),
                attributes: Vec::new(),
                room: 0,
                stored: 0,
                budget: *exit.budget(),
                reserved: exit.budget().reserved(),
                request_bytes: request_bytes(0, others),
                other_cookies: others.cookies,
                other_bytes: others.bytes,
            };
            let Some(record) = sent.and_then(SessionState::record) else {
                size.room = exit.empty_room();
                return Ok(size);
            };
            let fitted = exit.measure(record)?;
            if fitted.is_stored {
                size.stored = record.attributes.length();
            }
            let line = |(name, bytes): (&str, usize)| LineSize {
                name: name.to_owned(),
                bytes,
            };
            size.lines = fitted.pieces().map(line).collect();
            size.bytes = size.lines.iter().map(|line| line.bytes).sum();
            size.request_bytes = request_bytes(fitted.write_size(None).field_bytes, others);
            size.room = fitted.room(record);
            size.attributes = largest(record, usize::MAX);
            Ok(size)
        })
    }
}
