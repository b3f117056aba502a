//! Stands between a node and a server, and loses answers: the server does what it is told, and the connection breaks before
//! the node hears of it.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// A proxy on a port of its own. Its threads end with the connections and the process.
pub(crate) struct Proxy {
    port: u16,
    losing: Arc<Mutex<Losing>>,
}

#[derive(Default)]
struct Losing {
    command: String,
    left: usize,
    lost: usize,
}

impl Proxy {
    pub(crate) fn start(server: u16) -> Proxy {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let losing = Arc::new(Mutex::new(Losing::default()));
        let shared = Arc::clone(&losing);
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let server = TcpStream::connect(("127.0.0.1", server)).unwrap();
                let losing = Arc::clone(&shared);
                thread::spawn(move || pass(&client, &server, &losing));
            }
        });
        Proxy { port, losing }
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Loses the answer of the next so many messages that have this command in them.
    pub(crate) fn lose_answers_of(&self, command: &str, times: usize) {
        let mut losing = self.losing.lock().unwrap();
        command.clone_into(&mut losing.command);
        losing.left = times;
    }

    /// How many answers were lost.
    pub(crate) fn lost(&self) -> usize {
        self.losing.lock().unwrap().lost
    }
}

/// Passes messages on, one by one: the nodes of these tests send no second one before the first is answered.
fn pass(mut client: &TcpStream, mut server: &TcpStream, losing: &Mutex<Losing>) {
    let answers = server.try_clone().unwrap();
    let back = client.try_clone().unwrap();
    let is_lost = Arc::new(Mutex::new(false));
    let is_losing = Arc::clone(&is_lost);
    let answering = thread::spawn(move || {
        let (mut answers, mut back, mut bytes) = (&answers, &back, [0; 65_536]);
        while let Ok(read @ 1..) = answers.read(&mut bytes) {
            if *is_losing.lock().unwrap() || back.write_all(&bytes[..read]).is_err() {
                break;
            }
        }
        back.shutdown(Shutdown::Both).ok();
        answers.shutdown(Shutdown::Both).ok();
    });
    let mut bytes = [0; 65_536];
    while let Ok(read @ 1..) = client.read(&mut bytes) {
        let mut losing = losing.lock().unwrap();
        let text = String::from_utf8_lossy(&bytes[..read]);
        if losing.left > 0 && text.contains(&losing.command) {
            losing.left -= 1;
            losing.lost += 1;
            *is_lost.lock().unwrap() = true;
        }
        drop(losing);
        if server.write_all(&bytes[..read]).is_err() {
            break;
        }
    }
    server.shutdown(Shutdown::Both).ok();
    answering.join().ok();
}
