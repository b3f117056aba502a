//! Headless Chromium, driven over WebDriver.

use std::process::{Command, Stdio};
use std::time::Duration;

use axum::http::Method;
use fantoccini::cookies::Cookie;
use fantoccini::wd::WebDriverCompatibleCommand;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use url::{ParseError, Url};

use crate::Failure;
use crate::process::{Process, build_folder, free_address};

/// A browser with an empty profile of its own.
#[derive(Debug)]
pub struct Browser {
    client: Client,
    _driver: Process,
}

impl Browser {
    /// Starts chromedriver and, through it, Chromium.
    ///
    /// # Errors
    ///
    /// If either is not installed or does not start.
    pub async fn start() -> Result<Browser, Failure> {
        let address = free_address()?;
        let mut command = Command::new("chromedriver");
        command.arg(format!("--port={}", address.port()));
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let driver = Process::start(&mut command, &[address])
            .map_err(|cause| format!("chromedriver: {cause}; `cargo xtask e2e` installs it"))?;
        // Of servers that a test started; nothing else is opened.
        let options = json!({
            "acceptInsecureCerts": true,
            "timeouts": { "pageLoad": 30_000 },
            "goog:loggingPrefs": { "performance": "ALL" },
            "goog:chromeOptions": { "args": [
                "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                "--disable-background-networking", "--disable-component-update", "--disable-sync",
                "--disable-dev-shm-usage",
                // Pages of others name hosts for their fonts.
                "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost, EXCLUDE *.localhost",
            ] },
        });
        let capabilities = options.as_object().cloned().unwrap_or_default();
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(&format!("http://{address}"))
            .await?;
        client.set_window_size(1280, 900).await?;
        Ok(Browser {
            client,
            _driver: driver,
        })
    }

    /// Opens a page.
    ///
    /// # Errors
    ///
    /// As all methods here: if the browser does not do as it is told.
    pub async fn open(&self, url: &str) -> Result<(), Failure> {
        Ok(self.client.goto(url).await?)
    }

    /// Runs a script, and returns what it does. It may return a promise.
    ///
    /// # Errors
    ///
    /// If the script throws.
    pub async fn run(&self, script: &str) -> Result<Value, Failure> {
        Ok(self.client.execute(script, Vec::new()).await?)
    }

    /// Deletes every cookie, so that it is another visitor's.
    ///
    /// # Errors
    ///
    /// As all methods here.
    pub async fn forget(&self) -> Result<(), Failure> {
        // By the browser's own protocol: WebDriver deletes those of the page, and a page that a
        // server refused has none.
        self.tell("Network.clearBrowserCookies", json!({})).await
    }

    /// Sends a command of Chromium's own protocol.
    async fn tell(&self, command: &'static str, parameters: Value) -> Result<(), Failure> {
        self.client.issue_cmd(Told(command, parameters)).await?;
        Ok(())
    }

    /// Gives pages a window of this size, inside of its frame.
    ///
    /// # Errors
    ///
    /// As all methods here.
    pub async fn view(&self, width: u32, height: u32) -> Result<(), Failure> {
        let size =
            json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.tell("Emulation.setDeviceMetricsOverride", size).await
    }

    /// Returns whether the first element that matches is whole in the window, with nothing over it and without
    /// scrolling, and at least `least` pixels wide and high.
    ///
    /// # Errors
    ///
    /// If there is no page.
    pub async fn shows(&self, element: &str, least: u32) -> Result<bool, Failure> {
        let script = "const [element, least] = arguments; \
             const found = document.querySelector(element); \
             if (!found) return false; \
             const { left, top, right, bottom, width, height } = found.getBoundingClientRect(); \
             const over = document.elementFromPoint((left + right) / 2, (top + bottom) / 2); \
             return Math.min(left, top, innerWidth - right, innerHeight - bottom) >= 0 \
                 && Math.min(width, height) >= least && found.contains(over)";
        let arguments = vec![json!(element), json!(least)];
        Ok(self.client.execute(script, arguments).await? == true)
    }

    /// Types over what a field holds.
    ///
    /// # Errors
    ///
    /// If there is no such field.
    pub async fn fill(&self, field: &str, text: &str) -> Result<(), Failure> {
        let field = self.client.find(Locator::Css(field)).await?;
        field.clear().await?;
        Ok(field.send_keys(text).await?)
    }

    /// Ticks a box, or unticks it.
    ///
    /// # Errors
    ///
    /// If there is no such box.
    pub async fn tick(&self, checkbox: &str) -> Result<(), Failure> {
        let checkbox = self.client.find(Locator::Css(checkbox)).await?;
        Ok(checkbox.click().await?)
    }

    /// Clicks the first element that matches, and waits until the page it leads to is there.
    ///
    /// # Errors
    ///
    /// If there is no such element, or it leads nowhere within ten seconds.
    pub async fn click(&self, element: &str) -> Result<(), Failure> {
        let element = self.client.find(Locator::Css(element)).await?;
        self.client
            .execute("window.isOldPage = true", Vec::new())
            .await?;
        element.click().await?;
        let arrived = "return !window.isOldPage && document.readyState === 'complete'";
        for _ in 0..500 {
            // Between two pages there is nothing that could answer.
            let answer = self.client.execute(arrived, Vec::new()).await;
            if answer.is_ok_and(|answer| answer == true) {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Err("the click led nowhere".into())
    }

    /// Goes back by one page.
    ///
    /// # Errors
    ///
    /// As all methods here.
    pub async fn back(&self) -> Result<(), Failure> {
        Ok(self.client.back().await?)
    }

    /// Reads the address of the page, or of the one that did not come.
    ///
    /// # Errors
    ///
    /// As all methods here.
    pub async fn address(&self) -> Result<String, Failure> {
        Ok(self.client.current_url().await?.into())
    }

    /// Opens an empty tab, and turns to it.
    ///
    /// # Errors
    ///
    /// As all methods here.
    pub async fn open_tab(&self) -> Result<(), Failure> {
        let tab = self.client.new_window(true).await?;
        Ok(self.client.switch_to_window(tab.handle).await?)
    }

    /// Turns to the tab that was opened after so many others.
    ///
    /// # Errors
    ///
    /// If there is no such tab.
    pub async fn turn_to(&self, tab: usize) -> Result<(), Failure> {
        let tab = self.client.windows().await?.into_iter().nth(tab);
        Ok(self
            .client
            .switch_to_window(tab.ok_or("no such tab")?)
            .await?)
    }

    /// Closes this tab, and turns to the one that was opened first.
    ///
    /// # Errors
    ///
    /// If there is no other one.
    pub async fn close_tab(&self) -> Result<(), Failure> {
        self.client.close_window().await?;
        let first = self.client.windows().await?.into_iter().next();
        Ok(self.client.switch_to_window(first.ok_or("no tab")?).await?)
    }

    /// Reads the addresses that were asked for since the last time, those of redirects among them.
    ///
    /// # Errors
    ///
    /// As all methods here.
    pub async fn asked(&self) -> Result<Vec<String>, Failure> {
        let log = self.client.issue_cmd(Log).await?;
        let messages = log.as_array().into_iter().flatten();
        let messages = messages.filter_map(|entry| entry.get("message")?.as_str());
        let events = messages.filter_map(|text| serde_json::from_str::<Value>(text).ok());
        let address = |event: Value| {
            let event = event.get("message")?;
            let is_request = event.get("method")? == "Network.requestWillBeSent";
            let url = event.pointer("/params/request/url")?.as_str()?;
            is_request.then(|| url.to_owned())
        };
        Ok(events.filter_map(address).collect())
    }

    /// Reads the visible text of the page.
    ///
    /// # Errors
    ///
    /// If there is no page.
    pub async fn text(&self) -> Result<String, Failure> {
        Ok(self.client.find(Locator::Css("body")).await?.text().await?)
    }

    /// Reads name and value of every cookie that the page's address is sent, sorted by name.
    ///
    /// # Errors
    ///
    /// If there is no page.
    pub async fn cookies(&self) -> Result<Vec<(String, String)>, Failure> {
        let cookies = self.client.get_all_cookies().await?;
        let pair = |c: Cookie<'_>| (c.name().to_owned(), c.value().to_owned());
        let mut pairs: Vec<(String, String)> = cookies.into_iter().map(pair).collect();
        pairs.sort();
        Ok(pairs)
    }

    /// Puts another value in place of a cookie's, as a visitor can with developer tools.
    ///
    /// # Errors
    ///
    /// If there is no such cookie.
    pub async fn tamper(&self, name: &str, value: &str) -> Result<(), Failure> {
        let mut cookie = self.client.get_named_cookie(name).await?;
        cookie.set_value(value.to_owned());
        self.client.delete_cookie(name).await?;
        Ok(self.client.add_cookie(cookie).await?)
    }

    /// Gives the browser a `Set-Cookie` line of the page's host, as a response that comes late
    /// does.
    ///
    /// # Errors
    ///
    /// If there is no page, or the line is none.
    pub async fn receive(&self, line: &str) -> Result<(), Failure> {
        let page = self.client.current_url().await?;
        let host = page.host_str().ok_or("a page without a host")?.to_owned();
        let mut cookie = Cookie::parse(line.to_owned())?;
        cookie.set_domain(host);
        Ok(self.client.add_cookie(cookie).await?)
    }

    /// Deletes one cookie.
    ///
    /// # Errors
    ///
    /// If there is no page.
    pub async fn delete(&self, name: &str) -> Result<(), Failure> {
        Ok(self.client.delete_cookie(name).await?)
    }

    /// Returns whether a cookie outlives the browser.
    ///
    /// # Errors
    ///
    /// If there is no such cookie.
    pub async fn is_lasting(&self, name: &str) -> Result<bool, Failure> {
        let cookie = self.client.get_named_cookie(name).await?;
        Ok(cookie.expires_datetime().is_some())
    }

    /// Writes what a person would see, scrolling down, to `e2e/NAME.png` and `e2e/NAME-phone.png`
    /// in the build folder, and checks that the page is no wider than a phone.
    ///
    /// # Errors
    ///
    /// If the page scrolls sideways on a phone.
    pub async fn picture(&self, name: &str) -> Result<(), Failure> {
        let folder = build_folder()?.join("e2e");
        std::fs::create_dir_all(&folder)?;
        for (suffix, width) in [("", 1280), ("-phone", 390)] {
            self.view(width, 900).await?;
            let excess = "return document.documentElement.scrollWidth - window.innerWidth";
            let excess = self.number(excess).await?;
            if excess > 0 {
                return Err(format!("{name} is {excess} pixels too wide at {width}").into());
            }
            let hidden = "return document.documentElement.scrollHeight - window.innerHeight";
            let hidden = u32::try_from(self.number(hidden).await?).unwrap_or(0);
            let height = 900 + hidden.min(1_100);
            self.view(width, height).await?;
            std::fs::write(
                folder.join(format!("{name}{suffix}.png")),
                self.client.screenshot().await?,
            )?;
        }
        self.view(1280, 900).await
    }

    /// Runs a script that counts pixels.
    async fn number(&self, script: &str) -> Result<i64, Failure> {
        Ok(self.run(script).await?.as_i64().ok_or("no number")?)
    }
}

/// A command of Chromium's own protocol, and its parameters.
#[derive(Debug)]
struct Told(&'static str, Value);

impl WebDriverCompatibleCommand for Told {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        let session = session.unwrap_or_default();
        base.join(&format!("session/{session}/goog/cdp/execute"))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        let Told(command, parameters) = self;
        let command = json!({ "cmd": command, "params": parameters });
        (Method::POST, Some(command.to_string()))
    }
}

/// What the browser did since the last time, by its own protocol.
#[derive(Debug)]
struct Log;

impl WebDriverCompatibleCommand for Log {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        base.join(&format!("session/{}/se/log", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        (
            Method::POST,
            Some(json!({ "type": "performance" }).to_string()),
        )
    }
}
