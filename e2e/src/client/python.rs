//! Python with `http.cookiejar`, in a process that is told what to fetch.

use std::io::{BufRead, BufReader, Write};
use std::process::{ChildStdin, ChildStdout, Command, Stdio};

use serde_json::Value;

use super::Client;
use crate::certificate::Certificate;
use crate::process::Process;
use crate::{Failure, Reply};

/// Python, over HTTP/1.1 and TLS: over plain http it returns no `Secure` cookie.
#[derive(Debug)]
pub struct Python {
    certificate: std::path::PathBuf,
    orders: ChildStdin,
    answers: BufReader<ChildStdout>,
    _process: Process,
}

impl Python {
    /// Starts one with an empty jar.
    ///
    /// # Errors
    ///
    /// If there is no python3.
    pub fn new(certificate: &Certificate) -> Result<Python, Failure> {
        Python::start(certificate.file().to_owned())
    }

    fn start(certificate: std::path::PathBuf) -> Result<Python, Failure> {
        let mut command = Command::new("python3");
        command.args(["-I", "-c", include_str!("client.py")]);
        command.arg(&certificate);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = Process::spawn(&mut command)?;
        let (orders, answers) = process.pipes().ok_or("python3 has no pipes")?;
        Ok(Python {
            certificate,
            orders,
            answers: BufReader::new(answers),
            _process: process,
        })
    }
}

impl Client for Python {
    fn is_tls(&self) -> bool {
        true
    }

    async fn get(&mut self, url: &str) -> Result<Reply, Failure> {
        writeln!(self.orders, "{url}")?;
        self.orders.flush()?;
        let mut line = String::new();
        self.answers.read_line(&mut line)?;
        let said: Value = serde_json::from_str(&line)?;
        let text = |name| said.get(name).and_then(Value::as_str).unwrap_or_default();
        let status = said.get("status").and_then(Value::as_u64);
        let Some(status) = status.and_then(|status| u16::try_from(status).ok()) else {
            return Ok(Reply::none(text("body")));
        };
        Ok(Reply {
            status: Some(status),
            protocol: "HTTP/1.1".to_owned(),
            body: text("body").to_owned(),
        })
    }

    async fn forget(&mut self) -> Result<(), Failure> {
        *self = Python::start(self.certificate.clone())?;
        Ok(())
    }
}
