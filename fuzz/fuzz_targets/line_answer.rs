//! What LINE answers, success or error: over a real connection, for that is how the client reads it.

#![no_main]

use std::net::SocketAddr;
use std::sync::{LazyLock, Mutex};
use std::time::Duration;

use botbox_clock::Clock;
use botbox_line::token::TokenSource;
use botbox_line::{Client, Platform, Settings};
use botbox_line::error::with_causes;
use libfuzzer_sys::fuzz_target;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().expect("a runtime starts"));
/// What is answered next.
static ANSWER: Mutex<Vec<u8>> = Mutex::new(Vec::new());
static CLIENT: LazyLock<Client> = LazyLock::new(|| RUNTIME.block_on(client()));

fuzz_target!(|input: (u8, &[u8])| {
    let (status, body) = input;
    let status = [200, 202, 400, 401, 403, 404, 409, 413, 429, 499][usize::from(status) % 10];
    let mut answer = format!(
        "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\
         x-line-request-id: fuzz\r\nconnection: close\r\n\r\n",
        body.len()
    )
    .into_bytes();
    answer.extend_from_slice(body);
    *ANSWER.lock().expect("nobody panics with it") = answer;
    let client = &*CLIENT;
    RUNTIME.block_on(async {
        if let Err(error) = client.profile("U00000000000000000000000000000000").await {
            with_causes(&error);
            error.kind();
        }
        if let Err(error) = client.bot_info().await {
            with_causes(&error);
        }
    });
});

async fn client() -> Client {
    let address = serve().await;
    let url = format!("http://{address}");
    let settings = Settings {
        api_base: url.clone(),
        data_api_base: url.clone(),
        manager_base: url,
        timeout: Duration::from_secs(1),
        ..Settings::default()
    };
    let platform = Platform::new(settings, Clock::system()).expect("a client can be made");
    Client::new(platform.into(), TokenSource::LongLived("token".into()))
}

async fn serve() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("it listens");
    let address = listener.local_addr().expect("it has an address");
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut head = [0; 4096];
                let _ = stream.read(&mut head).await;
                let answer = ANSWER.lock().expect("nobody panics with it").clone();
                let _ = stream.write_all(&answer).await;
                let _ = stream.shutdown().await;
            });
        }
    });
    address
}
