//! loco, whose routes, middlewares and initializers are axum's with an order of their own.
//!
//! The handlers are those of [`super::axum`]. What is loco's here: its middlewares stand inside of the session layer,
//! which an initializer adds.

use std::error::Error as StdError;

use axum::{Router, serve};
use conformance::{Catch, Harness, Missing, Server, Site, Support};
use loco_rs::Result;
use loco_rs::app::{AppContext, Hooks, Initializer};
use loco_rs::boot::{BootResult, StartMode, create_app, create_context, run_app};
use loco_rs::config::Config;
use loco_rs::controller::AppRoutes;
use loco_rs::environment::Environment;
use loco_rs::prelude::{Queue, async_trait};
use loco_rs::task::Tasks;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

use super::axum::{layered, pages};

/// loco, with the layer of axum and its extractors.
#[derive(Clone, Copy, Debug)]
pub struct Loco;

impl Harness for Loco {
    fn name(&self) -> &'static str {
        "loco"
    }

    fn support(&self) -> Support {
        Support::new(Missing::Logs(".layer(SessionLayer::new(manager))"))
    }

    fn start(&self, site: Site) -> std::result::Result<Server, Box<dyn StdError + Send + Sync>> {
        let runtime = Runtime::new()?;
        let config = config(&site)?;
        let (listener, app) = runtime.block_on(async {
            let context = create_context::<App>(&Environment::Test, config).await?;
            context.shared_store.insert(site);
            let boot = run_app::<App>(&StartMode::ServerOnly, context).await?;
            let listener = TcpListener::bind("127.0.0.1:0").await?;
            Ok::<_, loco_rs::Error>((listener, boot.router.ok_or("no routes")))
        })?;
        let address = listener.local_addr()?;
        runtime.spawn(serve(listener, app?).into_future());
        Ok(Server::new(address, runtime))
    }
}

/// Its middlewares as they are by default, but for what a site decides.
fn config(site: &Site) -> std::result::Result<Config, serde_json::Error> {
    serde_json::from_value(json!({
        "logger": { "enable": false, "level": "off", "format": "compact" },
        "server": {
            "port": 0,
            "host": "http://127.0.0.1",
            "middlewares": {
                "catch_panic": { "enable": site.catch() == Catch::Inside },
                "fallback": { "enable": !site.has_fallback() },
                "limit_payload": { "body_limit": "4mb" },
            },
        },
        "workers": { "mode": "ForegroundBlocking" },
    }))
}

fn site(context: &AppContext) -> Result<Site> {
    let site = context.shared_store.get::<Site>();
    site.ok_or_else(|| loco_rs::Error::string("no site"))
}

struct App;

#[async_trait]
impl Hooks for App {
    fn app_name() -> &'static str {
        "frameworks"
    }

    async fn before_routes(context: &AppContext) -> Result<Router<AppContext>> {
        let site = site(context)?;
        Ok(pages(&site).with_state(site))
    }

    async fn initializers(_: &AppContext) -> Result<Vec<Box<dyn Initializer>>> {
        Ok(vec![Box::new(Sessions)])
    }

    fn routes(_: &AppContext) -> AppRoutes {
        AppRoutes::empty()
    }

    async fn boot(mode: StartMode, of: &Environment, config: Config) -> Result<BootResult> {
        create_app::<Self>(mode, of, config).await
    }

    async fn connect_workers(_: &AppContext, _: &Queue) -> Result<()> {
        Ok(())
    }

    fn register_tasks(_: &mut Tasks) {}
}

/// The session layer, around all that loco has.
struct Sessions;

#[async_trait]
impl Initializer for Sessions {
    fn name(&self) -> String {
        "sessions".to_owned()
    }

    async fn after_routes(&self, router: Router, context: &AppContext) -> Result<Router> {
        Ok(layered(router, &site(context)?))
    }
}
