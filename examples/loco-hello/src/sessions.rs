//! The initializer that gives a loco application its sessions: reads what `config/*.yaml` says under
//! `initializers.sessions`, and puts the session layer around all routes. Copy this file as it is.
//!
//! It never prints a key, and starts nothing on a setting that it does not know.

use std::path::PathBuf;
use std::time::Duration;

use axum::Router;
use loco_rs::app::{AppContext, Initializer};
use loco_rs::environment::Environment;
use loco_rs::prelude::async_trait;
use sealed_session_axum::{
    CookieSpec, Key, KeyRing, KeyWatcher, Lifetime, SessionLayer, SessionManager,
};
use serde::Deserialize;

/// Where the settings stand.
const PLACE: &str = "initializers.sessions";

/// What may stand there.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    /// The application's name, of which the cookie's is made.
    cookie: String,
    /// The environment variable that has the keys.
    keys_env: Option<String>,
    /// The file that has the keys. It is read again and again, so that a rotation needs no restart.
    keys_file: Option<PathBuf>,
    /// Whether browsers speak plain http with the server, which only a developer's machine may ask for.
    #[serde(default)]
    plain_http: bool,
    idle_minutes: Option<u32>,
    absolute_hours: Option<u32>,
}

/// Adds the session layer.
pub(crate) struct Sessions;

#[async_trait]
impl Initializer for Sessions {
    fn name(&self) -> String {
        "sessions".to_owned()
    }

    async fn after_routes(&self, router: Router, ctx: &AppContext) -> loco_rs::Result<Router> {
        let (manager, watcher) = manager(ctx)?;
        if let Some(watcher) = watcher {
            // The watch lasts as long as what is kept here.
            ctx.shared_store.insert(watcher);
        }
        Ok(router.layer(SessionLayer::new(manager)))
    }
}

/// Makes the sessions that the configuration describes, and the watch of their keys if these are in a file.
///
/// # Errors
///
/// If a setting is missing, unknown or impossible. The message names the setting and says what to write there.
fn manager(ctx: &AppContext) -> loco_rs::Result<(SessionManager, Option<KeyWatcher>)> {
    let found = ctx.config.initializers.as_ref();
    let found = found.and_then(|all| all.get("sessions")).cloned();
    // Any other one, such as `staging`, is taken for a server that others reach.
    let is_own_machine = matches!(
        ctx.environment,
        Environment::Development | Environment::Test
    );
    build(found, is_own_machine).map_err(|what| {
        let environment = &ctx.environment;
        loco_rs::Error::Message(format!("{PLACE} in config/{environment}.yaml: {what}"))
    })
}

fn build(
    found: Option<serde_json::Value>,
    is_own_machine: bool,
) -> Result<(SessionManager, Option<KeyWatcher>), String> {
    let found =
        found.ok_or("it is missing; begin with `cookie: NAME` and `keys_env: SESSION_KEYS`")?;
    let settings: Settings = serde_json::from_value(found).map_err(|error| error.to_string())?;
    if settings.plain_http && !is_own_machine {
        return Err(
            "`plain_http` is for the environments `development` and `test`; leave it out"
                .to_owned(),
        );
    }
    let ring = ring(&settings, is_own_machine)?;
    let cookie = match settings.plain_http {
        true => CookieSpec::development(&settings.cookie),
        false => CookieSpec::new(&settings.cookie),
    };
    let mut lifetime = Lifetime::new();
    if let Some(minutes) = settings.idle_minutes {
        lifetime = lifetime.with_idle_timeout(Duration::from_secs(60 * u64::from(minutes)));
    }
    if let Some(hours) = settings.absolute_hours {
        lifetime = lifetime.with_absolute_lifetime(Duration::from_secs(3_600 * u64::from(hours)));
    }
    // Budgets, slots, revocations and form tokens have their place here.
    let sessions = SessionManager::builder(cookie, ring).lifetime(lifetime);
    let manager = sessions.build().map_err(|error| error.to_string())?;
    let is_in_file = settings.keys_file.is_some();
    let watcher = is_in_file.then(|| manager.watch_keys()).transpose();
    let watcher = watcher.map_err(|error| error.to_string())?;
    Ok((manager, watcher))
}

fn ring(settings: &Settings, is_own_machine: bool) -> Result<KeyRing, String> {
    let ring = match (&settings.keys_env, &settings.keys_file) {
        (Some(variable), None) => KeyRing::from_env(variable),
        (None, Some(file)) => KeyRing::from_file(file),
        (None, None) if is_own_machine => {
            tracing::info!("no keys are configured: a fresh one signs everybody out");
            Key::generate().map(KeyRing::new)
        }
        (None, None) => {
            return Err("no keys; write `keys_env: SESSION_KEYS` or `keys_file: PATH`".to_owned());
        }
        (Some(_), Some(_)) => {
            return Err("`keys_env` and `keys_file` are both there; keep one".to_owned());
        }
    };
    ring.map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_wrong_setting_is_named_with_what_to_write() {
        let key = "a-key-that-nobody-may-read";
        for (found, is_own_machine, says) in [
            (json!(null), false, "invalid type: null"),
            (json!({"keys_env": "K"}), false, "missing field `cookie`"),
            (
                json!({"cookie": "hello"}),
                false,
                "write `keys_env: SESSION_KEYS` or",
            ),
            (
                json!({"cookie": "hello", "keys": key}),
                false,
                "unknown field `keys`, expected one of",
            ),
            (
                json!({"cookie": "hello", "keys_env": "NO_SUCH"}),
                false,
                "key in $NO_SUCH: the variable is not set",
            ),
            (
                json!({"cookie": "hello", "keys_file": "/no/such"}),
                false,
                "key in /no/such: ",
            ),
            (
                json!({"cookie": "hello", "keys_env": "K", "keys_file": "F"}),
                false,
                "keep one",
            ),
            (
                json!({"cookie": "hello", "plain_http": true}),
                false,
                "leave it out",
            ),
            (json!({"cookie": "two words"}), true, "two words"),
            (
                json!({"cookie": "hello", "idle_minutes": "30"}),
                true,
                "expected u32",
            ),
            (
                json!({"cookie": "hello", "idle_minutes": 0}),
                true,
                "idle timeout",
            ),
            (
                json!({"cookie": "hello", "idle_minutes": 60, "absolute_hours": 0}),
                true,
                "absolute lifetime",
            ),
        ] {
            let error = build(Some(found.clone()), is_own_machine).unwrap_err();
            assert!(
                error.contains(says) && !error.contains(key),
                "{found}: {error}"
            );
        }
        let missing = build(None, true).unwrap_err();
        assert!(missing.contains("begin with `cookie: NAME`"), "{missing}");
    }

    #[test]
    fn keys_in_a_file_are_watched_and_a_fresh_key_is_for_the_own_machine() {
        let file = std::env::temp_dir().join(format!("loco-hello-{}", std::process::id()));
        std::fs::write(&file, Key::generate().unwrap().to_text().expose()).unwrap();
        let settings = json!({"cookie": "hello", "keys_file": file, "absolute_hours": 12});
        let (_, watcher) = build(Some(settings), false).unwrap();
        std::fs::remove_file(&file).unwrap();
        assert!(watcher.is_some());
        let (_, watcher) = build(Some(json!({"cookie": "hello"})), true).unwrap();
        assert!(watcher.is_none());
    }
}
