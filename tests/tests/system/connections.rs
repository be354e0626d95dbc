//! Connections: those that keep the host waiting make room, and none is cut under a request.

use std::io::ErrorKind;

use botbox_tests::{PATIENCE, Stage};
use rustix::process::{Resource, getrlimit, setrlimit};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// The most connections of a host, as docs/configuration.md has it.
const CONNECTIONS: usize = 2_048;

async fn connect(stage: &Stage) -> TcpStream {
    let address = stage.host.url.trim_start_matches("http://");
    TcpStream::connect(address).await.unwrap()
}

/// Waits until the host has closed a connection.
async fn closed(mut connection: TcpStream) {
    let mut rest = Vec::new();
    let read = timeout(PATIENCE, connection.read_to_end(&mut rest)).await;
    match read.expect("the host closes the connection") {
        Ok(_) => {}
        Err(error) => assert_eq!(error.kind(), ErrorKind::ConnectionReset),
    }
}

/// Asks for the health on a connection that is kept.
async fn is_served(connection: &mut TcpStream) {
    let request = b"GET /healthz HTTP/1.1\r\nhost: bots.test\r\n\r\n";
    connection.write_all(request).await.unwrap();
    let mut answer = Vec::new();
    while !answer.ends_with(b"ok\n") {
        let mut bytes = [0; 1_024];
        let count = timeout(PATIENCE, connection.read(&mut bytes)).await;
        let count = count.unwrap().unwrap();
        assert_ne!(count, 0, "{}", String::from_utf8_lossy(&answer));
        answer.extend_from_slice(&bytes[..count]);
    }
    assert!(
        answer.starts_with(b"HTTP/1.1 200"),
        "{}",
        String::from_utf8_lossy(&answer)
    );
}

#[tokio::test]
async fn thousands_of_idle_and_slow_connections_shut_nobody_out() {
    let mut descriptors = getrlimit(Resource::Nofile);
    descriptors.current = descriptors.maximum;
    setrlimit(Resource::Nofile, descriptors).unwrap();
    let stage = Stage::with("echo").await;
    let first = connect(&stage).await;
    let mut held = Vec::new();
    for number in 0..CONNECTIONS + 300 {
        let mut connection = connect(&stage).await;
        // Idle, in a head, in a body.
        let begun: &[u8] = match number % 3 {
            0 => b"",
            1 => b"POST /webhook/bot HTTP/1.1\r\nhost: b",
            _ => {
                b"POST /webhook/bot HTTP/1.1\r\nhost: b\r\nx-line-signature: x\r\n\
                   content-length: 100000\r\n\r\n{"
            }
        };
        // Those that made room may be closed already.
        drop(connection.write_all(begun).await);
        held.push(connection);
    }
    for text in ["one", "two", "three"] {
        assert_eq!(stage.ask(text).await, text);
    }
    closed(first).await;
}

/// Proxies keep a connection for a minute, and lose the request that they send while it is closed.
#[tokio::test]
async fn an_idle_connection_is_kept_and_half_a_head_is_not() {
    let stage = Stage::with("echo").await;
    let mut idle = connect(&stage).await;
    let mut rested = connect(&stage).await;
    is_served(&mut rested).await;
    let mut slow = connect(&stage).await;
    slow.write_all(b"POST /webhook/bot HT").await.unwrap();
    // Ten seconds.
    closed(slow).await;
    is_served(&mut idle).await;
    is_served(&mut rested).await;
}
