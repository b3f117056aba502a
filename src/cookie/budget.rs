//! How many bytes of header a session may take.

use crate::error::Error;

/// The longest `Set-Cookie` value that every client keeps: Safari drops one above 4,093 bytes,
/// counting name, value and all attributes (RFC 6265 section 6.1 counts so, too).
pub(super) const LINE_MAX: usize = 4_093;

use super::name::CHUNKS_MAX;

/// How much of the headers a session may take, counted as whole `Set-Cookie` values: name, value
/// and every attribute.
///
/// | preset | line | cookies | total | data | fits, with stock settings |
/// | --- | --- | --- | --- | --- | --- |
/// | [`compact`](Budget::compact) | 3,072 | 1 | 2,622 | 1,831 | nginx and ingress-nginx as a proxy: 4 KiB for a whole response head, and a 502 above |
/// | [`portable`](Budget::portable) | 4,000 | 2 | 6,500 | 4,679 | Apache, Tomcat, Jetty, nginx on the request side, curl, and hosts that stop at 8 KiB |
/// | [`roomy`](Budget::roomy) | 4,000 | 3 | 12,000 | 8,775 | HAProxy, Caddy, Node, IIS, hyper over HTTP/2: 15 to 16 KiB |
/// | [`direct`](Budget::direct) | 4,000 | 9 | 36,000 | 26,502 | axum with no proxy in front; over HTTP/2 with `max_header_list_size(65_536)` |
///
/// `portable` is the default: it is the largest that passes every common server's request side.
///
/// # The rest of the response head
///
/// `compact` limits what this library adds to a response head [in all](Budget::head): 3,072 bytes, so that
/// 1,024 are left for the application and the server. Tombstones, removals, names of fields and what is said to
/// caches take 450 of them with the defaults, and more with a longer name, a former cookie, or former
/// scopes; the session has the rest. The table shows it for the defaults, and
/// [`Size::reserved`](crate::Size::reserved) for any configuration. The other presets limit the session alone.
///
/// # What a session costs
///
/// *Data* in the table is how many bytes of attributes fit, as they are after packing and
/// compression, with their names and four to eight bytes for each. A session of `n` such bytes takes
/// a payload of `p` bytes: `n + 24` below 128 bytes, `n + 25` below 16,384, and `n + 26` above; two or
/// three more if it is compressed, `s + 1` more for a subject of `s` bytes (`s + 2` above 127), and
/// rounded up to a multiple of 32. Its value has `v = ceil(4/3 * (p + 49))` characters; signed
/// instead of encrypted, `p + 41`. In one cookie that makes `v` and the name, an equals sign and the
/// attributes of `Set-Cookie`: `v + 55` bytes with the defaults. Each cookie of several takes 4 bytes
/// more, the first one 5, and those after the first 2 more for a longer name. In short: 170 bytes, and
/// 4 for every 3 bytes of data. Text such as JSON shrinks to a half or third before it counts; see
/// [`Compression`](crate::Compression).
///
/// [`Session::size`](crate::Session::size) tells it for a session, and
/// [`assert_fits`](crate::testing::assert_fits) in a test.
///
/// # Warnings
///
/// A session above [`warning_limit`](Budget::warning_limit) raises
/// [`Event::NearBudget`](crate::Event::NearBudget): above 3,072 bytes in `portable`, because a stock
/// nginx in front answers 502 when a response head passes 4,096, and four fifths of the total in the
/// others. One with which the `Cookie` field of the next request passes
/// [`request_warning_limit`](Budget::request_warning_limit), counted with all other cookies that came
/// along, raises [`Event::CrowdedRequest`](crate::Event::CrowdedRequest). Neither ever fails: a
/// neighbour's cookies must not be able to keep a session from being written. What an application's own
/// [slots](crate::slots) may take together is checked against the same limit when they are built.
///
/// ```
/// use sealed_session::Budget;
///
/// let budget = Budget::portable().line(3_500).total(5_000);
/// assert_eq!(budget.total_limit(), 5_000);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// What everything in a response head may take, if that is limited.
    head: Option<usize>,
    /// What of a head is not the session.
    reserved: usize,
    line: usize,
    cookies: usize,
    total: usize,
    warn_above: usize,
    warn_request_above: usize,
}

/// The longest value of a `Cookie` field that common clients and servers take: curl 8,181, nginx
/// 8,182, Apache 8,183. See docs/clients.md.
const COMMON_REQUEST: usize = 8_180;

/// HAProxy takes a head of 15,292 bytes; what else a browser says is about a thousand.
const ROOMY_REQUEST: usize = 14_300;

/// actix-web takes a head of 131,072 bytes over HTTP/1.1, and hyper more.
const DIRECT_REQUEST: usize = 130_000;

impl Default for Budget {
    fn default() -> Budget {
        Budget::portable()
    }
}

impl Budget {
    const fn preset([line, cookies, total]: [usize; 3], warnings: [usize; 2]) -> Budget {
        let [warn_above, warn_request_above] = warnings;
        Budget {
            head: None,
            reserved: 0,
            line,
            cookies,
            total,
            warn_above,
            warn_request_above,
        }
    }

    /// One cookie that passes a stock nginx with a kilobyte of other headers beside it, whatever else this
    /// library has to say in the same response.
    ///
    /// ```
    /// use sealed_session::Budget;
    ///
    /// let budget = Budget::compact();
    /// let limits = (budget.line_limit(), budget.cookie_limit(), budget.total_limit());
    /// assert_eq!(limits, (3_072, 1, 3_072));
    /// assert_eq!(budget.head_limit(), Some(3_072));
    /// ```
    #[must_use]
    pub const fn compact() -> Budget {
        Budget::preset([3_072, 1, 3_072], [2_457, COMMON_REQUEST]).head(3_072)
    }

    /// Two cookies that fit systems which stop at 8 KiB. The default.
    ///
    /// ```
    /// use sealed_session::Budget;
    ///
    /// let budget = Budget::portable();
    /// let limits = (budget.line_limit(), budget.cookie_limit(), budget.total_limit());
    /// assert_eq!(limits, (4_000, 2, 6_500));
    /// assert_eq!(budget, Budget::default());
    /// ```
    #[must_use]
    pub const fn portable() -> Budget {
        // A stock nginx may answer 502 above.
        Budget::preset([4_000, 2, 6_500], [3_072, COMMON_REQUEST])
    }

    /// Three cookies, for stacks that take 16 KiB of headers.
    ///
    /// ```
    /// use sealed_session::Budget;
    ///
    /// let budget = Budget::roomy();
    /// let limits = (budget.line_limit(), budget.cookie_limit(), budget.total_limit());
    /// assert_eq!(limits, (4_000, 3, 12_000));
    /// ```
    #[must_use]
    pub const fn roomy() -> Budget {
        Budget::preset([4_000, 3, 12_000], [9_600, ROOMY_REQUEST])
    }

    /// Nine cookies, for a server that browsers reach directly.
    ///
    /// ```
    /// use sealed_session::Budget;
    ///
    /// let budget = Budget::direct();
    /// let limits = (budget.line_limit(), budget.cookie_limit(), budget.total_limit());
    /// assert_eq!(limits, (4_000, 9, 36_000));
    /// ```
    #[must_use]
    pub const fn direct() -> Budget {
        Budget::preset([4_000, 9, 36_000], [28_800, DIRECT_REQUEST])
    }

    /// The most bytes of one `Set-Cookie` value; at most 4,093.
    ///
    /// ```
    /// use sealed_session::{Budget, Key, KeyRing, SessionManager};
    ///
    /// let builder = SessionManager::builder(KeyRing::new(Key::generate()?));
    /// let dropped = Budget::portable().line(4_094); // by Safari
    /// assert!(builder.budget(dropped).build().unwrap_err().is_configuration());
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub const fn line(mut self, bytes: usize) -> Budget {
        self.line = bytes;
        self
    }

    /// The most cookies; 1 to 9.
    ///
    /// ```
    /// use sealed_session::{Budget, Key, KeyRing, SessionManager};
    ///
    /// for impossible in [0, 10] {
    ///     let builder = SessionManager::builder(KeyRing::new(Key::generate()?));
    ///     let budget = Budget::portable().cookies(impossible);
    ///     assert!(builder.budget(budget).build().unwrap_err().is_configuration());
    /// }
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub const fn cookies(mut self, count: usize) -> Budget {
        self.cookies = count;
        self
    }

    /// The most bytes of all `Set-Cookie` values of a session together.
    ///
    /// ```
    /// use sealed_session::{Budget, Key, KeyRing, SessionManager};
    ///
    /// let builder = SessionManager::builder(KeyRing::new(Key::generate()?));
    /// let cramped = Budget::portable().total(100); // an empty session needs more
    /// assert!(builder.budget(cramped).build().unwrap_err().is_configuration());
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub const fn total(mut self, bytes: usize) -> Budget {
        self.total = bytes;
        self
    }

    /// The most bytes of everything that this library adds to one response head: whole lines, with the
    /// names of their fields and their ends. The worst case of what is not the session itself is taken
    /// off [`total_limit`](Budget::total_limit) when a manager is built. Not limited in other presets
    /// than [`compact`](Budget::compact).
    ///
    /// ```
    /// use sealed_session::{Budget, Key, KeyRing, RequestHead, SessionManager};
    /// # use time::OffsetDateTime;
    /// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
    ///
    /// // Behind a proxy with `proxy_buffer_size 8k`, and a page's own fields of 2 KiB.
    /// let manager = SessionManager::builder(KeyRing::new(Key::generate()?))
    ///     .budget(Budget::portable().head(6_144))
    ///     .build()?;
    ///
    /// let size = manager.load(RequestHead::default(), now).size()?;
    /// assert_eq!(size.total_limit() + size.reserved(), 6_144);
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub const fn head(mut self, bytes: usize) -> Budget {
        self.head = Some(bytes);
        self
    }

    /// The most bytes of everything in one response head; `None` if only the session is limited.
    ///
    /// ```
    /// use sealed_session::Budget;
    ///
    /// assert_eq!(Budget::portable().head_limit(), None);
    /// assert_eq!(Budget::portable().head(6_144).head_limit(), Some(6_144));
    /// ```
    #[must_use]
    pub const fn head_limit(&self) -> Option<usize> {
        self.head
    }

    /// The total above which [`Event::NearBudget`](crate::Event::NearBudget) is raised.
    ///
    /// ```
    /// use sealed_session::Budget;
    ///
    /// // Behind a proxy that takes 8 KiB.
    /// let budget = Budget::roomy().warn_above(7_000);
    /// assert_eq!(budget.warning_limit(), 7_000);
    /// ```
    #[must_use]
    pub const fn warn_above(mut self, bytes: usize) -> Budget {
        self.warn_above = bytes;
        self
    }

    /// The length of the request's `Cookie` field above which
    /// [`Event::CrowdedRequest`](crate::Event::CrowdedRequest) is raised, and that the totals of all
    /// [slots](crate::slots) may not pass if this is the main one's budget.
    ///
    /// ```
    /// use sealed_session::Budget;
    ///
    /// // Behind a proxy that stops at 4 KiB.
    /// let budget = Budget::compact().warn_request_above(4_000);
    /// assert_eq!(budget.request_warning_limit(), 4_000);
    /// ```
    #[must_use]
    pub const fn warn_request_above(mut self, bytes: usize) -> Budget {
        self.warn_request_above = bytes;
        self
    }

    /// The most bytes of all `Set-Cookie` values of a session together.
    ///
    /// ```
    /// use sealed_session::Budget;
    ///
    /// assert_eq!(Budget::portable().total(5_000).total_limit(), 5_000);
    /// ```
    #[must_use]
    pub const fn total_limit(&self) -> usize {
        self.total
    }

    /// The most bytes of one `Set-Cookie` value.
    ///
    /// ```
    /// use sealed_session::Budget;
    ///
    /// assert_eq!(Budget::portable().line(3_500).line_limit(), 3_500);
    /// ```
    #[must_use]
    pub const fn line_limit(&self) -> usize {
        self.line
    }

    /// The most cookies.
    ///
    /// ```
    /// use sealed_session::Budget;
    ///
    /// assert_eq!(Budget::roomy().cookies(5).cookie_limit(), 5);
    /// ```
    #[must_use]
    pub const fn cookie_limit(&self) -> usize {
        self.cookies
    }

    /// The total above which [`Event::NearBudget`](crate::Event::NearBudget) is raised.
    ///
    /// ```
    /// use sealed_session::Budget;
    ///
    /// assert_eq!(Budget::portable().warning_limit(), 3_072);
    /// ```
    #[must_use]
    pub const fn warning_limit(&self) -> usize {
        self.warn_above
    }

    /// The length of the request's `Cookie` field above which
    /// [`Event::CrowdedRequest`](crate::Event::CrowdedRequest) is raised.
    ///
    /// ```
    /// use sealed_session::Budget;
    ///
    /// assert_eq!(Budget::portable().request_warning_limit(), 8_180);
    /// ```
    #[must_use]
    pub const fn request_warning_limit(&self) -> usize {
        self.warn_request_above
    }

    /// With so many bytes of a response head kept for what is not the session. If the head is limited, the
    /// session has the rest.
    pub(crate) fn reserving(mut self, bytes: usize) -> Budget {
        self.reserved = bytes;
        if let Some(head) = self.head {
            self.total = self.total.min(head.saturating_sub(bytes));
            self.warn_above = self.warn_above.min(self.total / 5 * 4);
        }
        self
    }

    /// How many bytes of a limited response head are not the session's.
    pub(crate) fn reserved(&self) -> usize {
        self.head.map_or(0, |_| self.reserved)
    }

    /// The most bytes of everything in one response head, limited or not.
    pub(crate) fn whole_head(&self) -> usize {
        self.total + self.reserved
    }

    /// How many left-over cookies one response removes beside a session that it sends, of all that so many
    /// families may have left. If the head is limited, a touch of each, and a former session; the rest
    /// goes with later responses, and counts for nothing until then.
    pub(crate) fn removals(&self, families: usize) -> usize {
        match self.head {
            Some(_) => 2 * families - 1,
            None => (CHUNKS_MAX + 1) * families,
        }
    }

    /// Refuses limits that no client keeps, and lines whose fixed part (`overhead` bytes) leaves
    /// no room for even an empty session.
    pub(crate) fn check(&self, overhead: usize) -> Result<(), Error> {
        // An empty session's token is 108 characters; see FORMAT.md.
        const SMALLEST: usize = 128;
        let least = overhead + SMALLEST;
        if self.line > LINE_MAX {
            return Err(Error::configuration(format!(
                "a line of {} bytes is dropped by some browsers; {LINE_MAX} is the most",
                self.line
            )));
        }
        if !(1..=CHUNKS_MAX).contains(&self.cookies) {
            return Err(Error::configuration(format!(
                "{} cookies are not 1 to {CHUNKS_MAX}",
                self.cookies
            )));
        }
        if self.line < least || self.total < least {
            let head = match self.head {
                Some(head) => format!(
                    "; of the {head} bytes of a response head {} are kept for tombstones, removals and caching",
                    self.reserved
                ),
                None => String::new(),
            };
            return Err(Error::configuration(format!(
                "a line of {} and a total of {} bytes leave no room: the cookie's name and \
                 attributes take {overhead}, and a small session {SMALLEST}{head}",
                self.line, self.total
            )));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn presets_hold_and_impossible_budgets_are_refused() {
        for preset in [
            Budget::compact(),
            Budget::portable(),
            Budget::roomy(),
            Budget::direct(),
        ] {
            assert!(preset.check(80).is_ok(), "{preset:?}");
        }
        for bad in [
            Budget::portable().line(4_094),
            Budget::portable().cookies(0),
            Budget::portable().cookies(10),
            Budget::portable().line(207),
            Budget::portable().total(100),
        ] {
            assert!(bad.check(80).unwrap_err().is_configuration(), "{bad:?}");
        }
    }
}
