//! hyper, with the tower layer and no framework.

use std::error::Error;

use conformance::sealed_session::{Error as SessionError, Session};
use conformance::{Catch, Harness, Missing, Server, Site, Support};
use http_body_util::BodyExt;
use sealed_session_tower::{PeekedBody, SessionLayer};
use tower::Layer;
use tower::util::BoxCloneSyncService;

use crate::plain::{App, Incoming, answering, catching, response, routes, serve};

/// Services over `http`, served by hyper.
#[derive(Clone, Copy, Debug)]
pub struct Hyper;

impl Harness for Hyper {
    fn name(&self) -> &'static str {
        "hyper"
    }

    fn support(&self) -> Support {
        Support::new(Missing::Unknown)
    }

    fn start(&self, site: Site) -> Result<Server, Box<dyn Error + Send + Sync>> {
        let app = app(site);
        serve(move || app.clone())
    }
}

fn app(site: Site) -> App {
    // A service that fails commits nothing, so errors become responses inside of the layer.
    let mut app = answering(routes(site.clone()));
    if site.catch() == Catch::Inside {
        app = catching(app);
    }
    for _ in 0..site.layers() {
        let layer = SessionLayer::new(site.manager())
            .clock(site.clock())
            .read_forms(|body: PeekedBody<Incoming>| body.boxed_unsync());
        app = match site.page() {
            None => BoxCloneSyncService::new(layer.layer(app)),
            Some(page) => BoxCloneSyncService::new(
                layer
                    .on_commit_failure(move |error: &SessionError, session: &Session| {
                        response(page.reply(error, session))
                    })
                    .layer(app),
            ),
        };
    }
    match site.catch() {
        Catch::Outside => catching(app),
        Catch::Inside | Catch::Nowhere => app,
    }
}
