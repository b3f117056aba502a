//! What a provider says of itself: its discovery document and its keys. It verifies nothing by them.

use std::sync::{Arc, PoisonError, RwLock};

use openidconnect::core::*;
use openidconnect::{
    AdditionalProviderMetadata, DiscoveryError, EndSessionUrl, IssuerUrl, JwsSigningAlgorithm,
    ProviderMetadata,
};
use sealed_session_axum::time::{Duration, OffsetDateTime};
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;
use tokio::time::timeout;

use crate::fault::Fault;
use crate::http::{Http, NoAnswer, TIMEOUT};

/// How long a discovery document and its keys count.
pub(crate) const FRESH: Duration = Duration::hours(1);

/// They are fetched no more often than that, whatever keys tokens name, and whatever came of it the last time.
pub(crate) const PAUSE: Duration = Duration::seconds(5);

/// Fetches them, and remembers them.
pub(crate) struct Discovery {
    issuer: IssuerUrl,
    http: Http,
    known: RwLock<Option<(OffsetDateTime, Arc<Metadata>)>>,
    /// When they were last asked for in vain, and why. Whoever has the lock asks, and others wait.
    in_vain: Mutex<Option<(OffsetDateTime, Fault)>>,
}

impl Discovery {
    /// Asks nobody yet.
    pub(crate) fn new(issuer: IssuerUrl, http: Http) -> Discovery {
        Discovery {
            issuer,
            http,
            known: RwLock::default(),
            in_vain: Mutex::default(),
        }
    }

    /// Returns them, no older than `age`. Waits for no longer than one answer may take.
    pub(crate) async fn get(
        self: &Arc<Self>,
        age: Duration,
        now: OffsetDateTime,
    ) -> Result<Arc<Metadata>, Fault> {
        if let Some(metadata) = self.since(age, now) {
            return Ok(metadata);
        }
        // A task of its own, so that its end is noted although the visitor has left.
        let asking = self.clone();
        let answer = tokio::spawn(async move { asking.ask(age, now).await });
        match timeout(TIMEOUT, answer).await {
            Ok(Ok(found)) => found,
            _ => Err(NoAnswer::LATE.into()),
        }
    }

    /// Returns those that were fetched last, however long ago. Waits for nobody.
    pub(crate) fn known(&self) -> Option<Arc<Metadata>> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.as_ref().map(|(_, metadata)| metadata.clone())
    }

    fn since(&self, age: Duration, now: OffsetDateTime) -> Option<Arc<Metadata>> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        let (at, metadata) = known.as_ref()?;
        (now - *at < age).then(|| metadata.clone())
    }

    async fn ask(&self, age: Duration, now: OffsetDateTime) -> Result<Arc<Metadata>, Fault> {
        let mut in_vain = self.in_vain.lock().await;
        // Another one has asked meanwhile.
        if let Some(metadata) = self.since(age, now) {
            return Ok(metadata);
        }
        if let Some((at, fault)) = *in_vain
            && now - at < PAUSE
        {
            return Err(fault);
        }
        match self.fetch().await {
            Ok(metadata) => {
                let metadata = Arc::new(metadata);
                let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
                *known = Some((now, metadata.clone()));
                *in_vain = None;
                Ok(metadata)
            }
            Err(fault) => {
                *in_vain = Some((now, fault));
                Err(fault)
            }
        }
    }

    async fn fetch(&self) -> Result<Metadata, Fault> {
        // It compares the issuer that the document names with this one.
        let found = Metadata::discover_async(self.issuer.clone(), &self.http);
        let found = timeout(TIMEOUT, found).await.map_err(|_| NoAnswer::LATE)?;
        found.map_err(|error| match error {
            DiscoveryError::Request(why) => why.into(),
            DiscoveryError::Validation(_) => {
                Fault::Wrong("its discovery document names another issuer")
            }
            _ => Fault::Wrong("its discovery document or its keys"),
        })
    }
}

/// Returns the algorithms by which the provider signs. None of them has a secret that both know, and each signs.
pub(crate) fn algorithms(metadata: &Metadata) -> Vec<CoreJwsSigningAlgorithm> {
    let all = metadata.id_token_signing_alg_values_supported().iter();
    let is_public = |alg: &&CoreJwsSigningAlgorithm| {
        !alg.uses_shared_secret() && **alg != CoreJwsSigningAlgorithm::None
    };
    all.filter(is_public).cloned().collect()
}

/// What the crate does not read of a discovery document by itself.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct More {
    pub(crate) end_session_endpoint: Option<EndSessionUrl>,
    #[serde(default, rename = "authorization_response_iss_parameter_supported")]
    pub(crate) names_itself: bool,
}

impl AdditionalProviderMetadata for More {}

/// The crate's own alias, with that in it.
pub(crate) type Metadata = ProviderMetadata<
    More,
    CoreAuthDisplay,
    CoreClientAuthMethod,
    CoreClaimName,
    CoreClaimType,
    CoreGrantType,
    CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm,
    CoreJsonWebKey,
    CoreResponseMode,
    CoreResponseType,
    CoreSubjectIdentifierType,
>;
