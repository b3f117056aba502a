//! Sessions that move between adapters.

use crate::failure::Failure;
use crate::harness::Harness;
use crate::stage::Stage;
use crate::wire::Request;

const WHO: &str = "ada,light";

/// The `Cookie` line of a session of several cookies that an app under this adapter wrote.
///
/// # Errors
///
/// If it wrote none.
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
/// assert!(conformance::written_by(&Mine).is_err());
/// ```
pub fn written_by(harness: &dyn Harness) -> Result<String, Failure> {
    let stage = Stage::usual(harness)?;
    let mut browser = stage.browser();
    let answer = browser.get("/act/sign-in.ada/put.theme.light/noise.long.4500")?;
    answer.is(200)?.sets(&["session", "session.1"])?;
    Ok(browser.line())
}

/// Whether an app under this adapter opens a session that [`written_by`] wrote, under any adapter and in
/// any process: all apps of the list have one key, and a clock that stands at one time.
///
/// # Errors
///
/// If it does not, or reads anything else.
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
/// assert!(conformance::opened_by(&Mine, "__Host-session=A").is_err());
/// ```
pub fn opened_by(harness: &dyn Harness, cookies: &str) -> Result<(), Failure> {
    let stage = Stage::usual(harness)?;
    let request = Request::get("/live/subject/get.theme").cookie(cookies);
    stage.send(&request)?.is(200)?.says(WHO).map(drop)
}
