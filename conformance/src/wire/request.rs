//! A request.

/// A request, with `Cookie` lines of any bytes.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(super) method: &'static str,
    pub(super) path: String,
    host: &'static str,
    pub(super) lines: Vec<Vec<u8>>,
    fields: Vec<(&'static str, String)>,
}

impl Request {
    pub(crate) fn new(method: &'static str, path: impl Into<String>) -> Request {
        Request {
            method,
            path: path.into(),
            host: "127.0.0.1",
            lines: Vec::new(),
            fields: Vec::new(),
        }
    }

    pub(crate) fn get(path: impl Into<String>) -> Request {
        Request::new("GET", path)
    }

    /// One more `Cookie` line, as it is; none if it is empty.
    pub(crate) fn cookie(mut self, line: impl Into<Vec<u8>>) -> Request {
        let line = line.into();
        if !line.is_empty() {
            self.lines.push(line);
        }
        self
    }

    /// One more header field.
    pub(crate) fn field(mut self, name: &'static str, value: impl Into<String>) -> Request {
        self.fields.push((name, value.into()));
        self
    }

    /// Another host than this machine.
    pub(crate) fn host(mut self, host: &'static str) -> Request {
        self.host = host;
        self
    }

    /// What a report calls it.
    pub(crate) fn label(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    pub(super) fn bytes(&self) -> Vec<u8> {
        let Request {
            method, path, host, ..
        } = self;
        let head = format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\n");
        let mut bytes = head.into_bytes();
        for line in &self.lines {
            bytes.extend_from_slice(b"Cookie: ");
            bytes.extend_from_slice(line);
            bytes.extend_from_slice(b"\r\n");
        }
        for (name, value) in &self.fields {
            bytes.extend(format!("{name}: {value}\r\n").into_bytes());
        }
        if matches!(*method, "POST" | "PUT") {
            bytes.extend_from_slice(b"Content-Length: 0\r\n");
        }
        bytes.extend_from_slice(b"\r\n");
        bytes
    }
}
