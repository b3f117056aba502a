//! A request.

/// A request, with `Cookie` lines of any bytes.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(super) method: &'static str,
    pub(super) path: String,
    host: &'static str,
    pub(super) lines: Vec<Vec<u8>>,
    fields: Vec<(&'static str, String)>,
    body: Option<Vec<u8>>,
}

impl Request {
    pub(crate) fn new(method: &'static str, path: impl Into<String>) -> Request {
        Request {
            method,
            path: path.into(),
            host: "127.0.0.1",
            lines: Vec::new(),
            fields: Vec::new(),
            body: None,
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

    /// A body of this type.
    pub(crate) fn body(self, media_type: &str, body: impl Into<Vec<u8>>) -> Request {
        let mut request = self.field("Content-Type", media_type);
        request.body = Some(body.into());
        request
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
        let (mut bytes, body) = (self.head(), self.sent_body());
        if matches!(self.method, "POST" | "PUT") || self.body.is_some() {
            bytes.extend(format!("Content-Length: {}\r\n", body.len()).into_bytes());
        }
        bytes.extend_from_slice(b"\r\n");
        bytes.extend_from_slice(body);
        bytes
    }

    /// The head of a request whose body comes in chunks.
    pub(super) fn chunked_head(&self) -> Vec<u8> {
        [&*self.head(), b"Transfer-Encoding: chunked\r\n\r\n"].concat()
    }

    pub(super) fn sent_body(&self) -> &[u8] {
        self.body.as_deref().unwrap_or_default()
    }

    fn head(&self) -> Vec<u8> {
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
        bytes
    }
}
