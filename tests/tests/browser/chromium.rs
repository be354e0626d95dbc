//! A browser, driven by WebDriver (W3C Recommendation "WebDriver").

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use botbox_tests::{PATIENCE, target_folder};
use reqwest::{Client, Method};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

/// Where Debian has them.
const BROWSER: &str = "/usr/bin/chromium";
const DRIVER: &str = "/usr/bin/chromedriver";

/// How often the page is asked whether something has come.
const POLL: Duration = Duration::from_millis(50);

/// One window of a browser of its own.
pub(crate) struct Chromium {
    driver: Child,
    session: String,
    http: Client,
    /// Gone with the browser.
    profile: TempDir,
}

impl Chromium {
    /// Opens `url` in a new browser.
    pub(crate) async fn open(url: &str) -> Self {
        for needed in [BROWSER, DRIVER] {
            assert!(
                Path::new(needed).exists(),
                "{needed} is not installed; run `cargo xtask web`, or install Debian's packages \
                 chromium and chromium-driver"
            );
        }
        let profile = tempfile::tempdir().unwrap();
        let mut driver = Command::new(DRIVER)
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let port = port(&mut driver).await;
        let http = Client::builder().no_proxy().build().unwrap();
        let mut browser = Self {
            driver,
            session: format!("http://127.0.0.1:{port}/session"),
            http,
            profile,
        };
        let capabilities = capabilities(browser.profile.path());
        let session = browser.post("", &capabilities).await;
        let id = session["sessionId"].as_str().unwrap();
        browser.session = format!("{}/{id}", browser.session);
        browser.post("/url", &json!({ "url": url })).await;
        browser
    }

    /// Runs the body of a function in the page.
    pub(crate) async fn run(&self, script: &str, arguments: Value) -> Value {
        let call = json!({ "script": script, "args": arguments });
        self.post("/execute/sync", &call).await
    }

    /// Waits until an expression is true in the page, and gives its value.
    pub(crate) async fn wait(&self, expression: &str) -> Value {
        let script = format!("return {expression};");
        let waiting = async {
            loop {
                let value = self.run(&script, json!([])).await;
                if !matches!(value, Value::Null | Value::Bool(false)) {
                    return value;
                }
                tokio::time::sleep(POLL).await;
            }
        };
        match tokio::time::timeout(PATIENCE, waiting).await {
            Ok(value) => value,
            Err(_) => panic!(
                "the page does not come to: {expression}\n{}",
                self.text().await
            ),
        }
    }

    /// Waits until the page shows a text.
    pub(crate) async fn wait_for_text(&self, text: &str) {
        let text = Value::from(text);
        self.wait(&format!("document.body.innerText.includes({text})"))
            .await;
    }

    /// Clicks what a selector finds first, as soon as it is there.
    pub(crate) async fn click(&self, selector: &str) {
        self.press(selector, "click", json!({})).await;
    }

    /// Types into what a selector finds first; `\u{e007}` is Enter.
    pub(crate) async fn type_into(&self, selector: &str, text: &str) {
        self.press(selector, "value", json!({ "text": text })).await;
    }

    /// Makes the window as large, in CSS pixels.
    pub(crate) async fn resize(&self, width: u32, height: u32) {
        let metrics =
            json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.developer("Emulation.setDeviceMetricsOverride", metrics)
            .await;
    }

    /// Has the page think that the user wants it `dark` or `light`.
    pub(crate) async fn prefer(&self, scheme: &str) {
        let features = json!([{ "name": "prefers-color-scheme", "value": scheme }]);
        self.developer(
            "Emulation.setEmulatedMedia",
            json!({ "features": features }),
        )
        .await;
    }

    /// Has downloads go into a folder.
    pub(crate) async fn save_into(&self, folder: &Path) {
        let behaviour = json!({ "behavior": "allow", "downloadPath": folder });
        self.developer("Browser.setDownloadBehavior", behaviour)
            .await;
    }

    /// What was copied.
    pub(crate) async fn clipboard(&self) -> String {
        let permissions =
            json!({ "permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"] });
        self.developer("Browser.grantPermissions", permissions)
            .await;
        let script = "const done = arguments[arguments.length - 1]; \
                      navigator.clipboard.readText().then(done, (error) => done(`no text: ${error}`));";
        let call = json!({ "script": script, "args": [] });
        let text = self.post("/execute/async", &call).await;
        text.as_str().unwrap().to_owned()
    }

    /// What `axe` finds wrong with what is shown.
    pub(crate) async fn violations(&self) -> Vec<String> {
        let axe = target_folder().join("web-tools/node_modules/axe-core/axe.min.js");
        let axe = std::fs::read_to_string(&axe)
            .unwrap_or_else(|_| panic!("{} is not there; run `cargo xtask web`", axe.display()));
        self.run(&axe, json!([])).await;
        let script = "const done = arguments[arguments.length - 1]; \
                      axe.run().then((found) => done(found.violations.map((it) => \
                      `${it.id}: ${it.nodes.map((node) => node.target.join(' ')).join(', ')}`)));";
        let call = json!({ "script": script, "args": [] });
        let found = self.post("/execute/async", &call).await;
        serde_json::from_value(found).unwrap()
    }

    /// Closes the browser; fails when the console had anything to say.
    pub(crate) async fn close_silent(self) {
        let entries = self.post("/se/log", &json!({ "type": "browser" })).await;
        let said = entries.as_array().unwrap().iter();
        let said: Vec<&Value> = said.filter(|entry| entry["level"] != "DEBUG").collect();
        assert!(said.is_empty(), "the console says {said:?}");
        self.request(Method::DELETE, "", None).await;
    }

    async fn press(&self, selector: &str, what: &str, body: Value) {
        let quoted = Value::from(selector);
        self.wait(&format!("document.querySelector({quoted}) !== null"))
            .await;
        let find = json!({ "using": "css selector", "value": selector });
        let element = self.post("/element", &find).await;
        let id = element.as_object().unwrap().values().next().unwrap();
        let path = format!("/element/{}/{what}", id.as_str().unwrap());
        self.post(&path, &body).await;
    }

    async fn text(&self) -> String {
        let text = self.run("return document.body.innerText;", json!([])).await;
        text.as_str().unwrap_or_default().to_owned()
    }

    async fn developer(&self, command: &str, parameters: Value) {
        let call = json!({ "cmd": command, "params": parameters });
        self.post("/goog/cdp/execute", &call).await;
    }

    async fn post(&self, path: &str, body: &Value) -> Value {
        self.request(Method::POST, path, Some(body)).await
    }

    async fn request(&self, method: Method, path: &str, body: Option<&Value>) -> Value {
        let mut request = self.http.request(method, format!("{}{path}", self.session));
        if let Some(body) = body {
            request = request.json(body);
        }
        let response = request.send().await.unwrap();
        let status = response.status();
        let mut answer: Value = response.json().await.unwrap();
        assert!(status.is_success(), "{path}: {answer:#}");
        answer["value"].take()
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        // The driver ends its browser, when it is asked to end.
        let id = self.driver.id().and_then(|id| i32::try_from(id).ok());
        if let Some(pid) = id.and_then(Pid::from_raw) {
            let _ = kill_process(pid, Signal::TERM);
        }
    }
}

/// The port that the driver chose, which it prints.
async fn port(driver: &mut Child) -> u16 {
    let mut lines = BufReader::new(driver.stdout.take().unwrap()).lines();
    let found = async {
        while let Some(line) = lines.next_line().await.unwrap() {
            if let Some((_, port)) = line.split_once("started successfully on port ") {
                return port.trim_end_matches('.').parse().unwrap();
            }
        }
        panic!("{DRIVER} ended");
    };
    let port = tokio::time::timeout(PATIENCE, found).await.unwrap();
    // It goes on printing, and must not wait for a reader.
    tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
    port
}

fn capabilities(profile: &Path) -> Value {
    let arguments = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--disable-dev-shm-usage",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--lang=en",
        "--window-size=1360,860",
    ];
    let profile = format!("--user-data-dir={}", profile.display());
    let arguments: Vec<_> = arguments.into_iter().chain([profile.as_str()]).collect();
    let options = json!({ "binary": BROWSER, "args": arguments });
    let wanted = json!({
        "browserName": "chrome",
        "goog:chromeOptions": options,
        "goog:loggingPrefs": { "browser": "ALL" },
    });
    json!({ "capabilities": { "alwaysMatch": wanted } })
}
