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
use sealed_session_axum::{CookieSpec, Key, KeyRing, Lifetime, SessionLayer, SessionManager};
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
        let manager = manager(ctx)?;
        if let Ok(watcher) = manager.watch_keys() {
            // The keys are in a file. The watch lasts as long as what is kept here.
            ctx.shared_store.insert(watcher);
        }
        Ok(router.layer(SessionLayer::new(manager)))
    }
}

/// Makes the sessions that the configuration describes.
///
/// # Errors
///
/// If a setting is missing, unknown or impossible. The message names the setting and says what to write there.
fn manager(ctx: &AppContext) -> loco_rs::Result<SessionManager> {
    let found = ctx.config.initializers.as_ref();
    let found = found.and_then(|all| all.get("sessions")).cloned();
    let is_production = ctx.environment == Environment::Production;
    build(found, is_production).map_err(|what| {
        let environment = &ctx.environment;
        loco_rs::Error::Message(format!("{PLACE} in config/{environment}.yaml: {what}"))
    })
}

fn build(found: Option<serde_json::Value>, is_production: bool) -> Result<SessionManager, String> {
    let found =
        found.ok_or("it is missing; begin with `cookie: NAME` and `keys_env: SESSION_KEYS`")?;
    let settings: Settings = serde_json::from_value(found).map_err(|error| error.to_string())?;
    if is_production && settings.plain_http {
        return Err(
            "`plain_http` is for a developer's machine; leave it out in production".to_owned(),
        );
    }
    let ring = ring(&settings, is_production)?;
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
    sessions.build().map_err(|error| error.to_string())
}

fn ring(settings: &Settings, is_production: bool) -> Result<KeyRing, String> {
    let ring = match (&settings.keys_env, &settings.keys_file) {
        (Some(variable), None) => KeyRing::from_env(variable),
        (None, Some(file)) => KeyRing::from_file(file),
        (None, None) if !is_production => Key::generate().map(KeyRing::new),
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
        for (found, is_production, says) in [
            (json!(null), true, "invalid type: null"),
            (json!({"keys_env": "K"}), true, "missing field `cookie`"),
            (
                json!({"cookie": "hello"}),
                true,
                "write `keys_env: SESSION_KEYS` or",
            ),
            (
                json!({"cookie": "hello", "keys": key}),
                true,
                "unknown field `keys`, expected one of",
            ),
            (
                json!({"cookie": "hello", "keys_env": "NO_SUCH"}),
                true,
                "key in $NO_SUCH: the variable is not set",
            ),
            (
                json!({"cookie": "hello", "keys_file": "/no/such"}),
                true,
                "key in /no/such: ",
            ),
            (
                json!({"cookie": "hello", "keys_env": "K", "keys_file": "F"}),
                true,
                "keep one",
            ),
            (
                json!({"cookie": "hello", "plain_http": true}),
                true,
                "leave it out in production",
            ),
            (json!({"cookie": "two words"}), false, "two words"),
            (
                json!({"cookie": "hello", "idle_minutes": "30"}),
                false,
                "expected u32",
            ),
            (
                json!({"cookie": "hello", "idle_minutes": 0}),
                false,
                "idle timeout",
            ),
            (
                json!({"cookie": "hello", "idle_minutes": 60, "absolute_hours": 0}),
                false,
                "absolute lifetime",
            ),
        ] {
            let error = build(Some(found.clone()), is_production).unwrap_err();
            assert!(
                error.contains(says) && !error.contains(key),
                "{found}: {error}"
            );
        }
        let missing = build(None, false).unwrap_err();
        assert!(missing.contains("begin with `cookie: NAME`"), "{missing}");
    }

    #[test]
    fn keys_in_a_file_are_watched_and_a_fresh_key_is_for_development() {
        let file = std::env::temp_dir().join(format!("loco-hello-{}", std::process::id()));
        std::fs::write(&file, Key::generate().unwrap().to_text().expose()).unwrap();
        let settings = json!({"cookie": "hello", "keys_file": file, "absolute_hours": 12});
        let watched = build(Some(settings), true).unwrap().watch_keys();
        std::fs::remove_file(&file).unwrap();
        assert!(watched.is_ok());
        assert!(build(Some(json!({"cookie": "hello"})), false).is_ok());
    }
}
