//! A server behind TLS, with a certificate of its own.

use std::fs;
use std::net::TcpListener;
use std::process::Command;
use std::time::Duration;

use sealed_session::Refusal;
use sealed_session_redis::RedisStore;

use crate::node::Node;
use crate::server::Server;

/// The port of the server, in the process that trusts its certificate.
const PORT: &str = "SEALED_SESSION_REDIS_TLS_PORT";

#[tokio::test]
async fn a_server_is_believed_by_its_certificate_alone() {
    let open = |port: &str| {
        let url = format!("rediss://shop:password@127.0.0.1:{port}");
        RedisStore::open(&url, "shop").unwrap()
    };
    if let Ok(port) = std::env::var(PORT) {
        let (one, other) = (
            Node::start(&open(&port)).await,
            Node::start(&open(&port)).await,
        );
        let alice = one.sign_in("alice");
        one.revoke("alice").await.unwrap();
        other.wait_for(&alice, Some(Refusal::Revoked)).await;
        return;
    }

    let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    let folder = std::env::temp_dir();
    let file = |name: &str, text: String| {
        let path = folder.join(format!(
            "sealed-session-redis-{}-{name}",
            std::process::id()
        ));
        fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let certificate = file("cert.pem", made.cert.pem());
    let key = file("key.pem", made.signing_key.serialize_pem());
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = free.local_addr().unwrap().port();
    drop(free);
    let server = Server::start_with(&[
        &format!("tls-port {port}"),
        &format!("tls-cert-file {certificate}"),
        &format!("tls-key-file {key}"),
        &format!("tls-ca-cert-file {certificate}"),
        "tls-auth-clients no",
    ]);
    let port = port.to_string();

    // This process does not trust it.
    let stranger = Node::blind(&open(&port), 10);
    let error = stranger
        .shared
        .caught_up(Duration::from_millis(500))
        .await
        .unwrap_err();
    assert!(
        error.is_unreachable() && error.to_string().contains("certificate"),
        "{error}"
    );

    // One that is told to does. The variable is read when a connection is made, so it takes a process of its own.
    let this = std::env::current_exe().unwrap();
    let trusting = Command::new(this)
        .args([
            "--exact",
            "tls::a_server_is_believed_by_its_certificate_alone",
        ])
        .env("SSL_CERT_FILE", &certificate)
        .env(PORT, &port)
        .output()
        .unwrap();
    fs::remove_file(&certificate).unwrap();
    fs::remove_file(&key).unwrap();
    drop(server);
    assert!(
        trusting.status.success(),
        "{}",
        String::from_utf8_lossy(&trusting.stdout)
    );
}
