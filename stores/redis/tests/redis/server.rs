//! A server of its own for each test, on a free port and in a folder of its own. It ends with the test, however that ends.
//!
//! `SEALED_SESSION_REDIS_SERVER=/usr/bin/valkey-server` runs the same tests against another server.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant};

use redis::{FromRedisValue, Value};
use sealed_session_redis::RedisStore;

/// The line that the README tells to give to the user of a store. All tests run with it.
fn acl_line() -> &'static str {
    let line = include_str!("../../README.md")
        .lines()
        .find(|line| line.starts_with("user shop "));
    line.expect("the README has the ACL line")
}

/// A server, and its folder.
pub(crate) struct Server {
    child: Child,
    folder: PathBuf,
    port: u16,
    settings: Vec<String>,
}

impl Server {
    /// Starts a server that keeps nothing on disk.
    pub(crate) fn start() -> Server {
        Server::start_with(&[])
    }

    /// Starts a server with settings of its own, such as `appendonly yes`, one a line.
    pub(crate) fn start_with(settings: &[&str]) -> Server {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("sealed-session-redis-{}-{number}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        fs::create_dir_all(&folder).unwrap();
        let settings: Vec<String> = settings.iter().map(ToString::to_string).collect();
        // Another process may take the port first.
        for _ in 0..5 {
            let free = TcpListener::bind("127.0.0.1:0").unwrap();
            let port = free.local_addr().unwrap().port();
            drop(free);
            let mut server = Server {
                child: run(&folder, port, &settings),
                folder: folder.clone(),
                port,
                settings: settings.clone(),
            };
            if server.is_up() {
                return server;
            }
        }
        panic!("no server comes up in {}", folder.display());
    }

    /// A store as an application opens it, with the user that the README describes.
    pub(crate) fn store(&self) -> RedisStore {
        RedisStore::open(&self.url(), "shop").unwrap()
    }

    /// The same store by another port, as behind a proxy.
    pub(crate) fn store_at(&self, port: u16) -> RedisStore {
        RedisStore::open(&format!("redis://shop:password@127.0.0.1:{port}/0"), "shop").unwrap()
    }

    /// Adds a setting, for the next start.
    pub(crate) fn set(&mut self, setting: &str) {
        self.settings.push(setting.to_owned());
    }

    pub(crate) fn url(&self) -> String {
        format!("redis://shop:password@127.0.0.1:{}/0", self.port)
    }

    /// The URL of somebody who may do everything.
    pub(crate) fn admin_url(&self) -> String {
        format!("redis://127.0.0.1:{}/0", self.port)
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Runs a command as somebody who may do everything.
    pub(crate) fn run<T: FromRedisValue>(&self, command: &[&str]) -> T {
        self.try_run(command).unwrap()
    }

    fn try_run<T: FromRedisValue>(&self, command: &[&str]) -> redis::RedisResult<T> {
        let client = redis::Client::open(self.admin_url())?;
        let mut connection = client.get_connection_with_timeout(Duration::from_secs(1))?;
        connection.set_read_timeout(Some(Duration::from_secs(2)))?;
        let (name, arguments) = command.split_first().unwrap();
        redis::cmd(name).arg(arguments).query(&mut connection)
    }

    /// Counts the commands that it has run.
    pub(crate) fn commands(&self) -> u64 {
        let stats: String = self.run(&["INFO", "stats"]);
        let count = stats
            .lines()
            .find_map(|line| line.strip_prefix("total_commands_processed:"));
        count.unwrap().trim().parse().unwrap()
    }

    /// Ends the server as a crash does.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Starts it again, with the folder and on the port that it had.
    pub(crate) fn restart(&mut self) {
        self.child = run(&self.folder, self.port, &self.settings);
        assert!(self.is_up(), "the server does not come up again");
    }

    /// Stops it so that connections stay open and nobody answers.
    pub(crate) fn freeze(&self) {
        self.signal("STOP");
    }

    pub(crate) fn thaw(&self) {
        self.signal("CONT");
    }

    fn signal(&self, signal: &str) {
        let id = self.child.id().to_string();
        let status = Command::new("kill").args(["-s", signal, &id]).status();
        assert!(status.unwrap().success());
    }

    fn is_up(&mut self) -> bool {
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(10) {
            if self.child.try_wait().unwrap().is_some() {
                return false;
            }
            // Whoever answers at this port is this one: it knows the user, and has the folder.
            let folder = self.try_run::<(String, String)>(&["CONFIG", "GET", "dir"]);
            if folder.is_ok_and(|(_, folder)| Path::new(&folder) == self.folder)
                && self.try_run::<Value>(&["PING"]).is_ok()
            {
                return true;
            }
            sleep(Duration::from_millis(10));
        }
        false
    }
}

/// A test that fails leaves nothing behind.
impl Drop for Server {
    fn drop(&mut self) {
        // A server that is stopped can be killed all the same.
        self.child.kill().ok();
        self.child.wait().ok();
        fs::remove_dir_all(&self.folder).ok();
    }
}

fn run(folder: &Path, port: u16, settings: &[String]) -> Child {
    let program = std::env::var("SEALED_SESSION_REDIS_SERVER");
    let program = program.unwrap_or_else(|_| "redis-server".to_owned());
    let mut lines = vec![
        "bind 127.0.0.1".to_owned(),
        format!("port {port}"),
        format!("dir {}", folder.display()),
        "save \"\"".to_owned(),
        "appendonly no".to_owned(),
        "user default on nopass ~* &* +@all".to_owned(),
        acl_line().to_owned(),
    ];
    lines.extend(settings.iter().cloned());
    let file = folder.join("server.conf");
    fs::write(&file, lines.join("\n") + "\n").unwrap();
    Command::new(&program)
        .arg(&file)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap_or_else(|cause| {
            panic!(
                "{program} does not start ({cause}): install the package redis-server, or name another server by \
                 SEALED_SESSION_REDIS_SERVER"
            )
        })
}
