//! Sessions in cookies: which names count, and the lines that set, end and clean up.

use super::contract::Carrier;
use super::family::Family;
use super::incoming::Incoming;
use crate::cookie::{Budget, Chunks, Jar, OverBudget, PAIR_END, Renderer, Scope, split};
use crate::error::Measure;
use crate::head::{CookieLine, HeaderChange};

/// The bytes around a value in a response head.
const AROUND: usize = "set-cookie: \r\n".len();

/// The bytes of `Clear-Site-Data` with all that it may say.
const CLEARED: usize = 80;

/// The cookies of one session.
#[derive(Debug)]
pub(crate) struct Cookies {
    own: Family,
    /// The cookie before a rename.
    former: Option<Family>,
    /// The scopes of former configurations.
    former_scopes: Vec<Scope>,
    budget: Budget,
}

impl Cookies {
    pub(crate) fn new(
        own: Family,
        former: Option<Family>,
        former_scopes: Vec<Scope>,
        budget: Budget,
    ) -> Cookies {
        Cookies {
            own,
            former,
            former_scopes,
            budget,
        }
    }

    /// Returns the cookie that is written.
    pub(crate) fn own(&self) -> &Family {
        &self.own
    }

    /// Returns whether there is a cookie from before a rename.
    pub(crate) fn has_former(&self) -> bool {
        self.former.is_some()
    }

    /// Returns the families whose cookies are read, numbered, the own one first.
    pub(crate) fn families(&self) -> impl Iterator<Item = (usize, &Family)> + Clone {
        std::iter::once(&self.own).chain(&self.former).enumerate()
    }

    /// Returns the families whose sessions count in a request. A former name that others can plant
    /// does not count as soon as any cookie came under the own name: the visitor has migrated, and may
    /// be signed out.
    pub(crate) fn counting(
        &self,
        came: &Incoming,
    ) -> impl Iterator<Item = (usize, &Family)> + Clone {
        let has_migrated = self.former.is_some() && came.jar().is_some_and(|jar| jar.holds(0));
        self.families()
            .filter(move |(at, family)| *at == 0 || !has_migrated || !family.spec.is_plantable())
    }

    /// Reads the cookies of a request.
    pub(super) fn read<'a>(&self, lines: impl IntoIterator<Item: CookieLine<'a>>) -> Jar {
        let former = self.former.as_ref();
        Jar::read(lines, &self.own.names, former.map(|family| &family.names))
    }

    /// Returns the lines that remove touches which came without a session, in the families in which
    /// `is_void` holds for each of them. Under names that others can plant, a touch may stand in
    /// another scope than the removal hits.
    pub(crate) fn lone_touches<'c>(
        &'c self,
        jar: &'c Jar,
        is_void: impl Fn(Option<&[u8]>) -> bool + 'c,
    ) -> impl Iterator<Item = HeaderChange> + 'c {
        let orphaned = self.families().filter(move |(at, family)| {
            let mut touches = jar.touches(*at).peekable();
            !family.spec.is_plantable() && touches.peek().is_some() && touches.all(&is_void)
        });
        orphaned
            .map(|(_, family)| HeaderChange::cookie(family.renderer.remove(family.names.touch())))
    }

    /// Returns the lines that expire what may be left in the scopes of former configurations.
    pub(crate) fn former_scopes(&self, jar: &Jar) -> Vec<HeaderChange> {
        let mut lines = Vec::new();
        // Where a head is limited there is room for what counts by itself.
        let is_thorough = self.budget.head_limit().is_none();
        for scope in &self.former_scopes {
            for (at, family) in self.families() {
                let spec = family.spec.rescoped(scope);
                if spec.check().is_err() {
                    continue;
                }
                let renderer = spec.renderer();
                for (index, name) in family.names.chunks().enumerate() {
                    if index == 0 || (is_thorough && jar.has(at, index)) {
                        lines.push(HeaderChange::cookie(renderer.remove(name)));
                    }
                }
                if is_thorough && jar.touches(at).next().is_some() {
                    lines.push(HeaderChange::cookie(renderer.remove(family.names.touch())));
                }
            }
        }
        lines
    }

    /// Returns whether [`left_over`](Cookies::left_over) has anything to remove.
    fn has_left_over(&self, jar: &Jar, kept: usize) -> bool {
        self.families().any(|(at, _)| {
            let kept = if at == 0 { kept } else { 0 };
            jar.has_from(at, kept) || jar.touches(at).next().is_some()
        })
    }

    /// Returns the lines that remove the cookies that came along, touches included, but for the first
    /// `kept` chunks of the own family. A removal that ends a session by itself comes first.
    fn left_over(&self, jar: &Jar, kept: usize) -> impl Iterator<Item = String> {
        let came = move |at: usize, index: usize| {
            let kept = if at == 0 { kept } else { 0 };
            index >= kept && jar.has(at, index)
        };
        let whole = self.families().filter(move |(at, _)| came(*at, 0));
        let bases = whole.map(|(_, family)| (family, family.names.base()));
        let touched = self
            .families()
            .filter(|(at, _)| jar.touches(*at).next().is_some());
        let touches = touched.map(|(_, family)| (family, family.names.touch()));
        let chunks = self.families().flat_map(move |(at, family)| {
            let names = family.names.chunks().enumerate().skip(1);
            names
                .filter(move |(index, _)| came(at, *index))
                .map(move |(_, name)| (family, name))
        });
        let all = bases.chain(touches).chain(chunks);
        all.map(|(family, name)| family.renderer.remove(name))
    }
}

impl Carrier for Cookies {
    fn budget(&self) -> &Budget {
        &self.budget
    }

    fn measure(&self) -> Measure {
        Measure::Total
    }

    fn fit(&self, length: usize, max_age: Option<u64>) -> Result<Chunks, OverBudget> {
        let tail = self.own.renderer.tail(max_age);
        Chunks::of(length, &self.own.names, tail, &self.budget)
    }

    fn names(&self) -> Vec<&str> {
        self.own.names.chunks().collect()
    }

    /// Counts names and values, and what stands between two cookies. Attributes are not sent back.
    fn field_bytes(&self, chunks: &Chunks, max_age: Option<u64>) -> usize {
        let tail = self.own.renderer.tail(max_age);
        let lines = chunks.lines().iter();
        lines.map(|line| line - tail + PAIR_END).sum()
    }

    /// A token that is cut up is put into other lines.
    fn begin(&self, pieces: &Chunks) -> String {
        match pieces.count() {
            1 => Renderer::begin(self.own.names.base(), pieces.bytes()),
            _ => String::with_capacity(pieces.bytes()),
        }
    }

    fn set(
        &self,
        text: String,
        pieces: &Chunks,
        max_age: Option<u64>,
        came: &Incoming,
    ) -> Vec<HeaderChange> {
        let (names, renderer) = (&self.own.names, &self.own.renderer);
        // Most responses set one cookie, and `Vary` and `Cache-Control` follow.
        let mut lines = Vec::with_capacity(3);
        if pieces.count() == 1 {
            lines.push(HeaderChange::cookie(renderer.end(text, max_age)));
        } else {
            let set = names.chunks().zip(split(&text, pieces));
            let set = set.map(|(name, value)| renderer.set(name, &value, max_age));
            lines.extend(set.map(HeaderChange::cookie));
        }
        let kept = pieces.count();
        // Most requests bring nothing but what is set anew.
        if let Some(jar) = came.jar().filter(|jar| self.has_left_over(jar, kept)) {
            let most = self.budget.removals(self.families().count());
            let removed = self.left_over(jar, kept).take(most);
            lines.extend(removed.map(HeaderChange::cookie));
        }
        lines
    }

    /// Removes only cookies that came: a removal hits a name, and under it another response, or the
    /// browser itself, may hold a session that this request knows nothing of.
    fn end(&self, came: &Incoming) -> Vec<HeaderChange> {
        // The removals may take what a session would have taken.
        let mut room = match self.budget.head_limit() {
            Some(_) => self.budget.total_limit() - CLEARED,
            None => usize::MAX,
        };
        let mut lines = Vec::new();
        for line in came
            .jar()
            .into_iter()
            .flat_map(|jar| self.left_over(jar, 0))
        {
            let Some(left) = room.checked_sub(AROUND + line.len()) else {
                break;
            };
            room = left;
            lines.push(HeaderChange::cookie(line));
        }
        lines
    }

    fn touch(&self, family: usize, mark: String, max_age: Option<u64>) -> Option<HeaderChange> {
        let (_, family) = self.families().nth(family)?;
        let line = family.renderer.set(family.names.touch(), &mark, max_age);
        Some(HeaderChange::cookie(line))
    }

    fn buries(&self) -> bool {
        true
    }
}
