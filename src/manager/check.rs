//! Refuses invalid configurations.

use super::SessionManagerBuilder;
use crate::cookie::{Budget, Names, Scope};
use crate::error::Error;
use crate::head::HostName;
use crate::keys::{KeyRing, RingKey};
use crate::lifetime::{Lifetime, MAX_AGE_MAX, Timestamp};
use crate::seal::PART_MAX;

impl SessionManagerBuilder {
    /// Refuses an invalid configuration whose sessions have this budget.
    pub(super) fn check(&self, budget: Budget) -> Result<(), Error> {
        self.cookie.check()?;
        self.check_plain_http_hosts()?;
        self.transport.check()?;
        self.cross_origin.check()?;
        self.lifetime.check()?;
        self.check_max_age()?;
        let names = Names::new(self.cookie.name());
        let longest = self.lifetime.longest_max_age();
        let tail = self.cookie.renderer().tail(longest);
        // What stands beside a session depends on the former cookie, too.
        self.check_former()?;
        budget.check(names.chunk(1).len() + "=".len() + tail)?;
        if self.audience.len() > PART_MAX {
            return Err(Error::configuration(format!(
                "the audience has {} bytes; {PART_MAX} are the most",
                self.audience.len()
            )));
        }
        self.check_links()?;
        self.check_overflow()?;
        check_retirements(&self.ring, &self.lifetime)
    }

    /// Refuses cookies that would have to outlive what browsers keep. The same token could be sent again in
    /// time, but not without going over a newer one: `tests/core/races` shows it.
    fn check_max_age(&self) -> Result<(), Error> {
        match self.lifetime.longest_max_age() {
            Some(longest) if longest > MAX_AGE_MAX && self.transport.in_cookies() => {
                Err(Error::configuration(format!(
                    "a session may last for {longest} s in a cookie that outlives the browser, and browsers \
                     keep none for more than {MAX_AGE_MAX} s (400 days), however often it is used; shorten the \
                     absolute lifetime, or for how long a session may be remembered"
                )))
            }
            _ => Ok(()),
        }
    }

    fn check_plain_http_hosts(&self) -> Result<(), Error> {
        let hosts = self.cookie.plain_http_hosts();
        match hosts
            .iter()
            .find(|host| HostName::without_port(host).is_none())
        {
            None => Ok(()),
            Some(host) => Err(Error::configuration(format!(
                "`{}` is no host of the development profile: write `web`, `192.168.1.7` or `[fe80::1]`, each \
                 by itself, as the browser's address bar has it and without scheme and port",
                host.escape_default()
            ))),
        }
    }

    fn check_former(&self) -> Result<(), Error> {
        if let Some(former) = &self.former {
            former.check()?;
            if former.name() == self.cookie.name() {
                return Err(Error::configuration(format!(
                    "the former cookie has the present name `{}`; for another scope of the same \
                     name use `former_scope`",
                    former.name()
                )));
            }
            if former.is_development() && !self.cookie.is_development() {
                return Err(Error::configuration(
                    "the former cookie is of the development profile and the present one is not",
                ));
            }
        }
        self.former_scopes
            .iter()
            .try_for_each(|scope| self.check_former_scope(scope))
    }

    fn check_former_scope(&self, scope: &Scope) -> Result<(), Error> {
        if self.cookie.is_kept_in(scope) {
            return Err(Error::configuration(
                "a former scope is the present one; a sign-in would remove the session that it begins",
            ));
        }
        // Good for one of the names is enough: the other never had a cookie there.
        let former = self
            .former
            .as_ref()
            .map(|spec| spec.rescoped(scope).check());
        match (self.cookie.rescoped(scope).check(), former) {
            (Ok(()), _) | (_, Some(Ok(()))) => Ok(()),
            (Err(error), _) => Err(error),
        }
    }

    /// Refuses links whose sessions may idle for longer than 15 minutes: anyone who finds a link
    /// has the session until then. NIST SP 800-63B-3 section 4.3.3 lets even its highest level
    /// (AAL3) be left alone for that long.
    fn check_links(&self) -> Result<(), Error> {
        const IDLE_MAX: u64 = 15 * 60;
        let longest = self.lifetime.longest_idle();
        if self.transport.in_links().is_none() || longest.is_some_and(|idle| idle <= IDLE_MAX) {
            return Ok(());
        }
        let permitted = longest.map_or("none at all".to_owned(), |idle| format!("one of {idle} s"));
        Err(Error::configuration(format!(
            "sessions in links leak, and need an idle timeout of at most {IDLE_MAX} s; the policy \
             permits {permitted}"
        )))
    }
}

/// Refuses a ring with a key that retires before the sessions that it sealed have to end. No session is sealed again
/// because it was read.
pub(super) fn check_retirements(ring: &KeyRing, lifetime: &Lifetime) -> Result<(), Error> {
    ring.keys()
        .try_for_each(|key| check_retirement(&key, lifetime))
}

fn check_retirement(key: &RingKey, lifetime: &Lifetime) -> Result<(), Error> {
    let Some((stopped, until)) = key.stopped.zip(key.until) else {
        return Ok(());
    };
    let (stopped, until) = (Timestamp::of(stopped), Timestamp::of(until));
    let longest = lifetime.longest_absolute().as_secs();
    let skew = lifetime.clock_skew().as_secs();
    let needed = stopped.after(longest.saturating_add(skew));
    if until >= needed {
        return Ok(());
    }
    Err(Error::configuration(format!(
        "key {} retires at {until}, and sessions that are sealed until {stopped} may live until {needed} \
         ({longest} s, and {skew} s that clocks may differ); accept it until then, shorten the absolute lifetime, or remove the key \
         if it has leaked",
        key.id,
    )))
}
