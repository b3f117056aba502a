//! The budget: how many bytes of header a session may take.

use super::name::CHUNKS_MAX;
use crate::error::Error;

/// The longest `Set-Cookie` value that every client keeps: Safari drops one above 4,093 bytes,
/// counting name, value and all attributes (RFC 6265 section 6.1 counts so, too).
pub(super) const LINE_MAX: usize = 4_093;

/// How much of the headers a session may take. It counts whole `Set-Cookie` values: name, value and every
/// attribute.
///
/// | preset | line | cookies | total | data | needs |
/// | --- | --- | --- | --- | --- | --- |
/// | [`portable`](Budget::portable) | 3,072 | 1 | 2,622 | 1,833 | nothing: every server and client of docs/clients.md takes it as it comes |
/// | [`within_8k`](Budget::within_8k) | 4,000 | 2 | 6,500 | 4,681 | 8 KiB in both directions: Apache, Tomcat, Jetty and curl as they come, nginx with `proxy_buffer_size 8k` |
/// | [`within_16k`](Budget::within_16k) | 4,000 | 3 | 12,000 | 8,777 | 15 to 16 KiB in both directions: HAProxy, Caddy, Node, IIS, hyper over HTTP/2 |
/// | [`direct`](Budget::direct) | 4,000 | 9 | 36,000 | 26,504 | no proxy in front; over HTTP/2 hyper's `max_header_list_size(65_536)` |
///
/// `portable` is the default, because it is the largest that no common server refuses with stock settings. The
/// smallest limit is that of nginx and ingress-nginx in front of an application: 4 KiB for a whole response head, and
/// a 502 above. A session that needs more fails at the insert or at the commit, on the developer's machine, too,
/// and the error names the next budget and the setting that it needs.
///
/// # The rest of the response head
///
/// `portable` limits [everything](Budget::with_head_limit) that this library adds to a response head: 3,072 bytes, so
/// that 1,024 are left for the application and the server. With the defaults, 450 of them go to tombstones,
/// removals, the names of fields and the fields for caches. A longer name, a former cookie and former scopes
/// take more. The session has the rest. The table shows it for the defaults, and
/// [`Size::reserved`](crate::report::Size::reserved) tells it for any configuration. The other presets limit the
/// session alone.
///
/// # What a session costs
///
/// In short: 160 bytes, and 4 for every 3 bytes of data. *Data* in the table is how many bytes of attributes
/// fit. It counts them after packing and compression, with their names and four to eight bytes for each.
/// Text such as JSON shrinks to a half or a third before it counts; see
/// [`Compression`](crate::Compression).
///
/// In full, a session of `n` bytes of data costs this:
///
/// - Its payload has `p` bytes: `n + 14` below 128 bytes, `n + 15` below 16,384, and `n + 16` above. A
///   compressed one has two or three more. A subject of `s` bytes adds `s + 1`, or `s + 2` above 127, secret
///   attributes one to three, and the first renewal eight, for which every session has to have room. The
///   sum is rounded up to a multiple of 32, unless it is signed and not encrypted.
/// - Its value has `v = ceil(4/3 * (p + 49))` characters, and `ceil(4/3 * (p + 25))` if it is signed.
/// - One cookie takes `v` bytes, the name, an equals sign and the attributes of `Set-Cookie`: `v + 55` with
///   the defaults.
/// - Each cookie of several takes 4 bytes more, and the first one 5. Those after the first take 2 more for
///   their longer names.
///
/// [`Session::size`](crate::Session::size) measures a session, and [`assert_fits`](crate::testing::assert_fits) holds
/// one to the budget in a test.
///
/// # Warnings
///
/// A session above [`warning_limit`](Budget::warning_limit) raises
/// [`Event::NearBudget`](crate::Event::NearBudget). The limit is four fifths of the total.
///
/// The `Cookie` field of the next request holds the session and all other cookies that came along. A write
/// that takes it above [`request_warning_limit`](Budget::request_warning_limit) raises
/// [`Event::CrowdedRequest`](crate::Event::CrowdedRequest).
///
/// Neither warning is an error: a neighbour's cookies must not be able to keep a session from being written.
/// The totals of an application's own [slots](crate::slots) are checked against the same limit when they are
/// built.
///
/// ```
/// use sealed_session::Budget;
///
/// let budget = Budget::within_8k().with_line_limit(3_500).with_total_limit(5_000);
/// assert_eq!(budget.total_limit(), 5_000);
/// ```
#[doc(alias("max_size", "size_limit"))]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Budget {
    /// The most bytes of everything in a response head, if that is limited.
    head: Option<usize>,
    /// Bytes of a head for what stands beside the session.
    reserved: usize,
    /// Bytes of a head for another slot.
    shared: usize,
    line: usize,
    cookies: usize,
    total: usize,
    warning_limit: usize,
    request_warning_limit: usize,
}

/// Bytes of a `Cookie` field's value that all common clients and servers take: curl takes 8,181, nginx
/// 8,182, Apache 8,183. See docs/clients.md.
const COMMON_REQUEST: usize = 8_180;

/// Bytes of a response head that messages for the next page take.
const MESSAGES: usize = 768;

/// HAProxy takes a head of 15,292 bytes. A browser's other fields take about a thousand.
const ROOMY_REQUEST: usize = 14_300;

/// actix-web takes a head of 131,072 bytes over HTTP/1.1, and hyper more.
const DIRECT_REQUEST: usize = 130_000;

impl Default for Budget {
    fn default() -> Budget {
        Budget::portable()
    }
}

impl Budget {
    /// Makes a preset of its limits and the two sizes at which warnings begin.
    const fn preset([line, cookies, total]: [usize; 3], warnings: [usize; 2]) -> Budget {
        let [warning_limit, request_warning_limit] = warnings;
        Budget {
            head: None,
            reserved: 0,
            shared: 0,
            line,
            cookies,
            total,
            warning_limit,
            request_warning_limit,
        }
    }

    /// Returns a budget of one cookie. It passes a stock nginx with a kilobyte of other headers, together with
    /// everything else that this library adds to the same response. The default.
    ///
    /// ```
    /// use sealed_session::Budget;
    ///
    /// let budget = Budget::portable();
    /// let limits = (budget.line_limit(), budget.cookie_limit(), budget.total_limit());
    /// assert_eq!(limits, (3_072, 1, 3_072));
    /// assert_eq!(budget.head_limit(), Some(3_072));
    /// assert_eq!(budget, Budget::default());
    /// ```
    #[must_use]
    pub const fn portable() -> Budget {
        Budget::preset([3_072, 1, 3_072], [2_457, COMMON_REQUEST]).with_head_limit(3_072)
    }

    /// Returns the budget of messages for the next page: a quarter of what [`portable`](Budget::portable) takes.
    pub(crate) const fn for_messages() -> Budget {
        Budget::in_head(MESSAGES)
    }

    /// Returns the budget of the nonce of a hand-over: half of that.
    pub(crate) const fn for_nonce() -> Budget {
        Budget::in_head(MESSAGES / 2)
    }

    /// Returns a budget of one cookie, which takes so many bytes of a response head.
    const fn in_head(bytes: usize) -> Budget {
        let line = bytes - "set-cookie: \r\n".len();
        Budget::preset([line, 1, line], [line / 5 * 4, COMMON_REQUEST]).with_head_limit(bytes)
    }

    /// Returns a budget of two cookies, for stacks that take 8 KiB of headers. A stock nginx in front does not:
    /// it needs `proxy_buffer_size 8k`.
    ///
    /// ```
    /// use sealed_session::Budget;
    ///
    /// let budget = Budget::within_8k();
    /// let limits = (budget.line_limit(), budget.cookie_limit(), budget.total_limit());
    /// assert_eq!(limits, (4_000, 2, 6_500));
    /// ```
    #[must_use]
    pub const fn within_8k() -> Budget {
        Budget::preset([4_000, 2, 6_500], [5_200, COMMON_REQUEST])
    }

    /// Returns a budget of three cookies, for stacks that take 16 KiB of headers.
    ///
    /// ```
    /// use sealed_session::Budget;
    ///
    /// let budget = Budget::within_16k();
    /// let limits = (budget.line_limit(), budget.cookie_limit(), budget.total_limit());
    /// assert_eq!(limits, (4_000, 3, 12_000));
    /// ```
    #[must_use]
    pub const fn within_16k() -> Budget {
        Budget::preset([4_000, 3, 12_000], [9_600, ROOMY_REQUEST])
    }

    /// Returns a budget of nine cookies, for a server that browsers reach directly.
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

    /// Sets the most bytes of one `Set-Cookie` value; at most 4,093.
    ///
    /// ```
    /// use sealed_session::{Budget, Key, KeyRing, SessionManager};
    ///
    /// let builder = SessionManager::builder("shop", KeyRing::new(Key::generate()?));
    /// let dropped = Budget::within_8k().with_line_limit(4_094); // by Safari
    /// assert!(builder.budget(dropped).build().unwrap_err().is_configuration());
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub const fn with_line_limit(mut self, bytes: usize) -> Budget {
        self.line = bytes;
        self
    }

    /// Sets the most cookies; 1 to 9.
    ///
    /// ```
    /// use sealed_session::{Budget, Key, KeyRing, SessionManager};
    ///
    /// for impossible in [0, 10] {
    ///     let builder = SessionManager::builder("shop", KeyRing::new(Key::generate()?));
    ///     let budget = Budget::within_8k().with_cookie_limit(impossible);
    ///     assert!(builder.budget(budget).build().unwrap_err().is_configuration());
    /// }
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub const fn with_cookie_limit(mut self, count: usize) -> Budget {
        self.cookies = count;
        self
    }

    /// Sets the most bytes of all `Set-Cookie` values of a session together.
    ///
    /// ```
    /// use sealed_session::{Budget, Key, KeyRing, SessionManager};
    ///
    /// let builder = SessionManager::builder("shop", KeyRing::new(Key::generate()?));
    /// let cramped = Budget::within_8k().with_total_limit(100); // an empty session needs more
    /// assert!(builder.budget(cramped).build().unwrap_err().is_configuration());
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub const fn with_total_limit(mut self, bytes: usize) -> Budget {
        self.total = bytes;
        self
    }

    /// Sets the most bytes of everything that this library adds to one response head: whole lines, with field
    /// names and line ends. When a manager is built, the most that can be needed beside the session is taken off
    /// [`total_limit`](Budget::total_limit). Only [`portable`](Budget::portable) sets this.
    ///
    /// ```
    /// use sealed_session::{Budget, Key, KeyRing, SessionManager};
    /// use sealed_session::adapter::RequestHead;
    /// # use time::OffsetDateTime;
    /// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
    ///
    /// // Behind a proxy with `proxy_buffer_size 8k`, and a page's own fields of 2 KiB.
    /// let manager = SessionManager::builder("shop", KeyRing::new(Key::generate()?))
    ///     .budget(Budget::within_8k().with_head_limit(6_144))
    ///     .build()?;
    ///
    /// let size = manager.load(RequestHead::default(), now).size()?;
    /// assert_eq!(size.budget.total_limit() + size.reserved, 6_144);
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub const fn with_head_limit(mut self, bytes: usize) -> Budget {
        self.head = Some(bytes);
        self
    }

    /// Returns the most bytes of everything that this library adds to one response head; `None` if only the
    /// session is limited.
    ///
    /// ```
    /// use sealed_session::Budget;
    ///
    /// assert_eq!(Budget::within_8k().head_limit(), None);
    /// assert_eq!(Budget::within_8k().with_head_limit(6_144).head_limit(), Some(6_144));
    /// ```
    #[must_use]
    pub const fn head_limit(&self) -> Option<usize> {
        self.head
    }

    /// Sets the total above which [`Event::NearBudget`](crate::Event::NearBudget) is raised.
    ///
    /// ```
    /// use sealed_session::Budget;
    ///
    /// // Behind a proxy that takes 8 KiB.
    /// let budget = Budget::within_16k().with_warning_limit(7_000);
    /// assert_eq!(budget.warning_limit(), 7_000);
    /// ```
    #[must_use]
    pub const fn with_warning_limit(mut self, bytes: usize) -> Budget {
        self.warning_limit = bytes;
        self
    }

    /// Sets the length of the request's `Cookie` field above which
    /// [`Event::CrowdedRequest`](crate::Event::CrowdedRequest) is raised. If this is the main slot's budget,
    /// the totals of all [slots](crate::slots) together may not pass it.
    ///
    /// ```
    /// use sealed_session::Budget;
    ///
    /// // Behind a proxy that stops at 4 KiB.
    /// let budget = Budget::portable().with_request_warning_limit(4_000);
    /// assert_eq!(budget.request_warning_limit(), 4_000);
    /// ```
    #[must_use]
    pub const fn with_request_warning_limit(mut self, bytes: usize) -> Budget {
        self.request_warning_limit = bytes;
        self
    }

    /// Returns the most bytes of all `Set-Cookie` values of a session together.
    ///
    /// ```
    /// use sealed_session::Budget;
    ///
    /// assert_eq!(Budget::within_8k().with_total_limit(5_000).total_limit(), 5_000);
    /// ```
    #[must_use]
    pub const fn total_limit(&self) -> usize {
        self.total
    }

    /// Returns the most bytes of one `Set-Cookie` value.
    ///
    /// ```
    /// use sealed_session::Budget;
    ///
    /// assert_eq!(Budget::within_8k().with_line_limit(3_500).line_limit(), 3_500);
    /// ```
    #[must_use]
    pub const fn line_limit(&self) -> usize {
        self.line
    }

    /// Returns the most cookies.
    ///
    /// ```
    /// use sealed_session::Budget;
    ///
    /// assert_eq!(Budget::within_16k().with_cookie_limit(5).cookie_limit(), 5);
    /// ```
    #[must_use]
    pub const fn cookie_limit(&self) -> usize {
        self.cookies
    }

    /// Returns the total above which [`Event::NearBudget`](crate::Event::NearBudget) is raised.
    ///
    /// ```
    /// use sealed_session::Budget;
    ///
    /// assert_eq!(Budget::within_8k().warning_limit(), 5_200);
    /// ```
    #[must_use]
    pub const fn warning_limit(&self) -> usize {
        self.warning_limit
    }

    /// Returns the length of the request's `Cookie` field above which
    /// [`Event::CrowdedRequest`](crate::Event::CrowdedRequest) is raised.
    ///
    /// ```
    /// use sealed_session::Budget;
    ///
    /// assert_eq!(Budget::within_8k().request_warning_limit(), 8_180);
    /// ```
    #[must_use]
    pub const fn request_warning_limit(&self) -> usize {
        self.request_warning_limit
    }

    /// Keeps so many bytes of a response head for lines other than the session's. If the head is limited, the
    /// session has the rest.
    pub(crate) fn reserving(mut self, bytes: usize) -> Budget {
        self.reserved = bytes;
        if let Some(head) = self.head {
            self.total = self.total.min(head.saturating_sub(bytes + self.shared));
            self.warning_limit = self.warning_limit.min(self.total / 5 * 4);
        }
        self
    }

    /// Leaves room in a limited response head to one more slot, of the budget `other`. Comes before
    /// [`reserving`](Budget::reserving).
    pub(crate) fn sharing(mut self, other: &Budget) -> Budget {
        if self.head.is_some() {
            self.shared += other.whole_head();
        }
        self
    }

    /// Returns how many bytes of a limited response head are not the session's.
    pub(crate) fn reserved(&self) -> usize {
        if self.head.is_some() {
            self.reserved + self.shared
        } else {
            0
        }
    }

    /// Returns the most bytes of everything in one response head, limited or not.
    pub(crate) fn whole_head(&self) -> usize {
        self.total + self.reserved
    }

    /// Says which budget holds more, and what it asks of the servers in front; see docs/clients.md.
    pub(crate) fn cure(&self) -> &'static str {
        match self.whole_head() {
            _ if *self == Budget::for_messages() => {
                "messages are a few sentences; a page finds longer text elsewhere"
            }
            0..6_500 => {
                "`Budget::within_8k` holds more, and a stock nginx answers 502 to it: set \
                 `proxy_buffer_size 8k` there"
            }
            6_500..12_000 => {
                "`Budget::within_16k` holds more, if no server in front stops at 8 KiB: Apache does \
                 unless it sets `LimitRequestFieldSize`, and nginx unless it sets \
                 `proxy_buffer_size` and `large_client_header_buffers`"
            }
            12_000..36_000 => {
                "`Budget::direct` holds more, if browsers reach the server without a proxy"
            }
            _ => "no larger `Budget` fits any common server",
        }
    }

    /// Returns how many left-over cookies of `families` one response removes beside the session that it sends.
    /// If the head is limited, there is room for a touch of each family and for a former session. The others go
    /// with later responses, and count for nothing until then.
    pub(crate) fn removals(&self, families: usize) -> usize {
        match self.head {
            Some(_) => 2 * families - 1,
            None => (CHUNKS_MAX + 1) * families,
        }
    }

    /// Refuses limits that no client keeps, and lines whose fixed part (`overhead` bytes) leaves no room for an
    /// empty session.
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
                    "; of the {head} bytes of a response head {} are kept for what stands beside the session",
                    self.reserved()
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
mod tests;
