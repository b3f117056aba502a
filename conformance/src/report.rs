//! Running the list, and what came of it.

use std::fmt;
use std::sync::{Mutex, PoisonError};

use crate::failure::Failure;
use crate::harness::Harness;
use crate::log;
use crate::scenario::Scenario;
use crate::support::Support;

/// What came of the list under one adapter. Shown, it is one line, and one more for each failure.
///
/// ```
/// # struct Mine;
/// # impl conformance::Harness for Mine {
/// #     fn name(&self) -> &'static str {
/// #         "mine"
/// #     }
/// #     fn support(&self) -> conformance::Support {
/// #         conformance::Support::new(conformance::Missing::Unknown)
/// #     }
/// #     fn start(
/// #         &self,
/// #         _: conformance::Site,
/// #     ) -> Result<conformance::Server, Box<dyn std::error::Error + Send + Sync>> {
/// #         Err("not today".into())
/// #     }
/// # }
/// // An adapter whose app does not start.
/// let report = conformance::run_only(&Mine, |name| name == "look");
/// assert_eq!(
///     report.to_string(),
///     "mine: 0 of 1 scenarios\n  look: starting: the app: expected starts, saw not today"
/// );
/// ```
#[derive(Debug)]
pub struct Report {
    adapter: &'static str,
    support: Support,
    results: Vec<(Scenario, Result<(), Failure>)>,
}

impl Report {
    pub(crate) fn adapter(&self) -> &'static str {
        self.adapter
    }

    pub(crate) fn support(&self) -> &Support {
        &self.support
    }

    pub(crate) fn results(&self) -> impl Iterator<Item = &(Scenario, Result<(), Failure>)> {
        self.results.iter()
    }

    /// How many scenarios passed.
    ///
    /// ```
    /// # struct Mine;
    /// # impl conformance::Harness for Mine {
    /// #     fn name(&self) -> &'static str {
    /// #         "mine"
    /// #     }
    /// #     fn support(&self) -> conformance::Support {
    /// #         conformance::Support::new(conformance::Missing::Unknown)
    /// #     }
    /// #     fn start(
    /// #         &self,
    /// #         _: conformance::Site,
    /// #     ) -> Result<conformance::Server, Box<dyn std::error::Error + Send + Sync>> {
    /// #         Err("not today".into())
    /// #     }
    /// # }
    /// let report = conformance::run_only(&Mine, |name| name == "look");
    /// assert_eq!(report.passed(), 0);
    /// ```
    #[must_use]
    pub fn passed(&self) -> usize {
        self.results
            .iter()
            .filter(|(_, result)| result.is_ok())
            .count()
    }

    /// How many were run.
    ///
    /// ```
    /// # struct Mine;
    /// # impl conformance::Harness for Mine {
    /// #     fn name(&self) -> &'static str {
    /// #         "mine"
    /// #     }
    /// #     fn support(&self) -> conformance::Support {
    /// #         conformance::Support::new(conformance::Missing::Unknown)
    /// #     }
    /// #     fn start(
    /// #         &self,
    /// #         _: conformance::Site,
    /// #     ) -> Result<conformance::Server, Box<dyn std::error::Error + Send + Sync>> {
    /// #         Err("not today".into())
    /// #     }
    /// # }
    /// let report = conformance::run_only(&Mine, |name| name == "look");
    /// assert_eq!(report.scenarios(), 1);
    /// ```
    #[must_use]
    pub fn scenarios(&self) -> usize {
        self.results.len()
    }

    /// Those that did not pass, and why.
    ///
    /// ```
    /// # struct Mine;
    /// # impl conformance::Harness for Mine {
    /// #     fn name(&self) -> &'static str {
    /// #         "mine"
    /// #     }
    /// #     fn support(&self) -> conformance::Support {
    /// #         conformance::Support::new(conformance::Missing::Unknown)
    /// #     }
    /// #     fn start(
    /// #         &self,
    /// #         _: conformance::Site,
    /// #     ) -> Result<conformance::Server, Box<dyn std::error::Error + Send + Sync>> {
    /// #         Err("not today".into())
    /// #     }
    /// # }
    /// let report = conformance::run_only(&Mine, |name| name == "look");
    /// let (scenario, failure) = report.failures().next().unwrap();
    /// assert_eq!(scenario.name(), "look");
    /// assert!(failure.to_string().ends_with("saw not today"));
    /// ```
    pub fn failures(&self) -> impl Iterator<Item = (&Scenario, &Failure)> {
        self.results
            .iter()
            .filter_map(|(scenario, result)| Some((scenario, result.as_ref().err()?)))
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Report { adapter, .. } = self;
        write!(
            f,
            "{adapter}: {} of {} scenarios",
            self.passed(),
            self.scenarios()
        )?;
        for (scenario, failure) in self.failures() {
            write!(f, "\n  {}: {failure}", scenario.name())?;
        }
        Ok(())
    }
}

/// Runs the whole list. One list runs at a time in a process, because what is logged is read.
///
/// The list reads the log by being the process's [`tracing`] subscriber; a process that has another
/// fails the scenarios that do.
///
/// ```
/// # struct Mine;
/// # impl conformance::Harness for Mine {
/// #     fn name(&self) -> &'static str {
/// #         "mine"
/// #     }
/// #     fn support(&self) -> conformance::Support {
/// #         conformance::Support::new(conformance::Missing::Unknown)
/// #     }
/// #     fn start(
/// #         &self,
/// #         _: conformance::Site,
/// #     ) -> Result<conformance::Server, Box<dyn std::error::Error + Send + Sync>> {
/// #         Err("not today".into())
/// #     }
/// # }
/// let report = conformance::run(&Mine);
/// assert!(report.passed() < report.scenarios());
/// ```
#[must_use]
pub fn run(harness: &dyn Harness) -> Report {
    run_only(harness, |_| true)
}

/// Runs the scenarios whose names are wanted, as [`run`] does.
///
/// ```
/// # struct Mine;
/// # impl conformance::Harness for Mine {
/// #     fn name(&self) -> &'static str {
/// #         "mine"
/// #     }
/// #     fn support(&self) -> conformance::Support {
/// #         conformance::Support::new(conformance::Missing::Unknown)
/// #     }
/// #     fn start(
/// #         &self,
/// #         _: conformance::Site,
/// #     ) -> Result<conformance::Server, Box<dyn std::error::Error + Send + Sync>> {
/// #         Err("not today".into())
/// #     }
/// # }
/// let report = conformance::run_only(&Mine, |name| name.starts_with("touch"));
/// assert_eq!(report.scenarios(), 3);
/// ```
#[must_use]
pub fn run_only(harness: &dyn Harness, wanted: impl Fn(&str) -> bool) -> Report {
    static ONE: Mutex<()> = Mutex::new(());
    let _one = ONE.lock().unwrap_or_else(PoisonError::into_inner);
    log::listen();
    let run = |scenario: Scenario| {
        log::clear();
        (scenario, scenario.run(harness))
    };
    let wanted = Scenario::all().filter(|scenario| wanted(scenario.name()));
    Report {
        adapter: harness.name(),
        support: harness.support(),
        results: wanted.map(run).collect(),
    }
}

/// Runs the whole list, for a `#[test]`.
///
/// # Panics
///
/// If a scenario fails, with the report.
///
/// ```should_panic
/// # struct Mine;
/// # impl conformance::Harness for Mine {
/// #     fn name(&self) -> &'static str {
/// #         "mine"
/// #     }
/// #     fn support(&self) -> conformance::Support {
/// #         conformance::Support::new(conformance::Missing::Unknown)
/// #     }
/// #     fn start(
/// #         &self,
/// #         _: conformance::Site,
/// #     ) -> Result<conformance::Server, Box<dyn std::error::Error + Send + Sync>> {
/// #         Err("not today".into())
/// #     }
/// # }
/// conformance::assert_conforms(&Mine);
/// ```
pub fn assert_conforms(harness: &dyn Harness) {
    let report = run(harness);
    assert!(report.passed() == report.scenarios(), "{report}");
}
